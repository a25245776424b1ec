"""Trying the connection to Alipay: a question about a trade that can't be. That it says so, in an answer that it signed, proves
the application, both keys and the gateway at once; and changes nothing there."""

import secrets
from typing import TYPE_CHECKING

from marketry.connections import ConnectionResult, ConnectionTest
from marketry_payments_alipay.client import Client, Declined, Unavailable, WrongSigner
from marketry_payments_alipay.keys import BadKey, keys_of
from marketry_payments_alipay.settings import AlipaySettings

if TYPE_CHECKING:
    from marketry import Context

NO_SUCH_TRADE = "ACQ.TRADE_NOT_EXIST"


def try_alipay(ctx: "Context") -> ConnectionResult:
    """Refused by its words where something is missing; OutboundFailed where the gateway isn't reached."""
    _, settings = ctx.gettext, ctx.settings(AlipaySettings)
    if missing := _missing(ctx, settings):
        return ConnectionResult(False, missing)
    facts = {
        _("Application"): settings.app_id,
        _("Seller"): settings.seller_id,
        _("Mode"): _("live: real money moves") if settings.live else _("sandbox: no money moves"),
        _("Signatures"): _("by certificate") if settings.by_certificate else _("by key"),
    }
    try:
        client = Client(settings.address, settings.app_id, keys_of(settings))
        client.call(ctx, "alipay.trade.query", {"out_trade_no": f"test{secrets.token_hex(12)}"})
    except BadKey as error:
        return ConnectionResult(False, _(str(error)), facts)
    except Declined as declined:
        if declined.sub_code != NO_SUCH_TRADE:
            return ConnectionResult(False, _what_to_do(ctx, settings, declined), facts)
    except WrongSigner as error:
        return ConnectionResult(False, _not_alipays(ctx, settings, error), facts)
    except Unavailable as error:
        return ConnectionResult(
            False, _("Alipay gave no usable answer: %(reason)s. Try again in a while.", reason=str(error)), facts
        )
    if not settings.seller_id:
        return ConnectionResult(
            False,
            _(
                "The keys work. Set the partner number (PID, 2088…) as well: without it, notices for other sellers of "
                "this application are taken."
            ),
            facts,
        )
    return ConnectionResult(True, _("Alipay takes this application's signature, and its answer is signed by Alipay."), facts)


def _missing(ctx: "Context", settings: AlipaySettings) -> str:
    _ = ctx.gettext
    if not settings.app_id:
        return _("No APPID is saved. It stands at the application's page of Alipay's open platform.")
    if not settings.private_key.get_secret_value().strip():
        return _("No private key is saved. It is the one whose public half was uploaded to Alipay.")
    if settings.by_certificate and not settings.complete:
        return _("Certificates are used, and one is missing: Alipay gives three files to download, and all three belong here.")
    return (
        ""
        if settings.complete
        else _("Alipay's public key is missing. Copy it from the application's page, or use certificates.")
    )


def _what_to_do(ctx: "Context", settings: AlipaySettings, declined: Declined) -> str:
    _ = ctx.gettext
    code = declined.sub_code
    if code == "isv.invalid-app-id":
        here = _("the live gateway") if settings.live else _("the sandbox")
        return _(
            "%(gateway)s doesn't know the application %(app)s. Sandbox applications work in the sandbox alone, live ones at the "
            "live gateway alone: check mode and APPID.",
            gateway=here, app=settings.app_id,
        )  # fmt: skip
    if code == "isv.invalid-signature":
        return _(
            "Alipay can't verify what we sign: the private key isn't the one whose public half or certificate this "
            "application has."
        )
    if code in ("isv.invalid-app-cert-sn", "isv.missing-app-cert-sn"):
        return _(
            "Alipay expects another application certificate. Download appCertPublicKey_….crt anew; or leave key mode for "
            "certificates."
        )
    if code in ("isv.invalid-alipay-root-cert-sn", "isv.missing-alipay-root-cert-sn"):
        return _("Alipay expects another root certificate. Download alipayRootCert.crt anew.")
    if code.startswith("isv.insufficient-") or declined.code == "40006":
        return _("The application isn't signed up for payments yet, or isn't online. Finish that at Alipay's open platform.")
    return _("Alipay refused: %(reason)s", reason=f"{declined.message} ({code or declined.code})")


def _not_alipays(ctx: "Context", settings: AlipaySettings, error: WrongSigner) -> str:
    _ = ctx.gettext
    if error.serial:
        return _(
            "Alipay signs with another certificate (%(serial)s). Download alipayCertPublicKey_RSA2.crt anew.", serial=error.serial
        )
    if settings.by_certificate:
        return _(
            "The answer isn't signed with Alipay's certificate that is saved here. Download alipayCertPublicKey_RSA2.crt anew."
        )
    return _(
        "The answer isn't signed with the public key that is saved here. Copy Alipay's public key, not the application's own."
    )


ALIPAY = ConnectionTest("alipay", "Alipay", try_alipay)
