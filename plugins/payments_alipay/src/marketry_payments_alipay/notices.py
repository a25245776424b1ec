"""Notices of Alipay: a form, signed with its key. Believed in nothing but that there is something to ask about.

Source: https://opendocs.alipay.com/open/203/105286 (asynchronous notices), /common/02mse7 (their signature).
"""

from urllib.parse import parse_qsl

from marketry import Context, Problem, Refused
from marketry.commerce.payment import Notice
from marketry_payments_alipay.amounts import amount_of
from marketry_payments_alipay.keys import BadKey, keys_of
from marketry_payments_alipay.settings import AlipaySettings
from marketry_payments_alipay.signing import BadSignature, notice_text, verify
from marketry_payments_alipay.trades import key_of

MOST_FIELDS = 100


def read(ctx: Context, settings: AlipaySettings, body: bytes) -> Notice:
    """The notice, once it is known to be Alipay's and for this application and seller; Refused (400) otherwise."""
    try:
        fields = fields_of(body)
        if fields.get("sign_type") != "RSA2":
            raise BadSignature("not signed with RSA2")
        if fields.get("charset", "utf-8").lower() != "utf-8":
            raise ValueError("not in the charset that was asked for")
        verify(keys_of(settings).theirs, notice_text(fields).encode(), fields.get("sign", ""))
        _for_us(settings, fields)
        total = amount_of(fields["total_amount"])
        event, trade = fields["notify_id"], fields["out_trade_no"]
        key = key_of(trade)
    except (ValueError, KeyError, BadSignature, BadKey) as error:
        message = ctx.gettext("This notice isn't genuine, or isn't for this shop.")
        raise Refused(Problem("bad_notice", message, status=400)) from error
    refunding = "refund_fee" in fields or "gmt_refund" in fields
    operation = fields.get("out_biz_no", "") if refunding else ""
    kind = "refund" if refunding else fields.get("trade_status", "")
    return Notice(event, trade, key, kind, operation, total)


def fields_of(body: bytes) -> dict[str, str]:
    """The form's fields, blank ones kept. ValueError where a field is there twice: which one was signed?"""
    pairs = parse_qsl(
        body.decode(), keep_blank_values=True, strict_parsing=True, encoding="utf-8", errors="strict", max_num_fields=MOST_FIELDS
    )
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field is there twice")
    return fields


def _for_us(settings: AlipaySettings, fields: dict[str, str]) -> None:
    if fields["app_id"] != settings.app_id:
        raise ValueError(f"for the application {fields['app_id']}")
    if settings.seller_id and fields.get("seller_id") != settings.seller_id:
        raise ValueError(f"for the seller {fields.get('seller_id')}")
