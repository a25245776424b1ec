// Reads one request on standard input, answers with one line of JSON: the npm package `alipay-sdk` at the twin.
import { createRequire } from "node:module";
const require = createRequire(process.argv[2] + "/");
const { AlipaySdk } = require("alipay-sdk");

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { settings, steps } = JSON.parse(Buffer.concat(chunks).toString());
const client = new AlipaySdk({
  appId: settings.app_id,
  gateway: settings.gateway,
  privateKey: settings.merchant_private_key,
  keyType: "PKCS8",
  ...(settings.mode === "certificate"
    ? {
        appCertContent: settings.app_certificate,
        alipayPublicCertContent: settings.alipay_certificate,
        alipayRootCertContent: settings.root_certificate,
      }
    : { alipayPublicKey: settings.alipay_public_key }),
});

const acts = {
  exec: (method, params) => client.exec(method, params, { validateSign: true }),
  page: (method, params) => client.pageExecute(method, "GET", params),
  form: (method, params) => client.pageExecute(method, "POST", params),
  notified: (fields) => client.checkNotifySign(fields),
};
const results = [];
for (const [act, ...args] of steps) {
  try {
    results.push(await acts[act](...args));
  } catch (error) {
    results.push({ thrown: String(error.message) });
  }
}
console.log(JSON.stringify(results));
