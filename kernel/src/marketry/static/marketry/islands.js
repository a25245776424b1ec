// Islands: small personal parts of public pages (cart badge, account link), fetched only where the hint cookie names them.
//
//   <span data-island="cart" data-src="/cart/badge"></span>
//
// A public page is the same for everyone, so that caches may keep it; the server sets `shop_hint=cart.account` (readable,
// no secret) for browsers that have something to fetch. An island that can't be fetched stays as it was drawn.

const cookie = document.cookie.split("; ").find((part) => /^(__Host-)?shop_hint=/.test(part));
const hints = new Set(cookie ? decodeURIComponent(cookie.slice(cookie.indexOf("=") + 1)).split(".") : []);

async function fill(island) {
  const answer = await fetch(island.dataset.src, {
    headers: { "HX-Request": "true", "HX-Request-Type": "partial" },
    credentials: "same-origin",
  });
  if (answer.ok) {
    island.innerHTML = await answer.text();
    window.htmx?.process(island);
  }
}

for (const island of document.querySelectorAll("[data-island]")) {
  if (hints.has(island.dataset.island)) fill(island).catch(() => {});
}
