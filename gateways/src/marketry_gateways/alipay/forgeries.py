"""Notifications that no shop may believe, made from a true one; and true ones about something that isn't the shop's."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from marketry_gateways.alipay.identity import Identity
from marketry_gateways.alipay.messages import Notification, Pairs
from marketry_gateways.alipay.signing import message_text, new_key, sign

_Fields = dict[str, str]


def _resigned(change: Callable[[_Fields], Mapping[str, str]]) -> Callable[[_Fields, Identity], Pairs]:
    """Changed before Alipay signs: the signature holds, the content is for somebody else."""

    def make(fields: _Fields, identity: Identity) -> Pairs:
        changed = {**fields, **change(fields)}
        return [*changed.items(), ("sign_type", "RSA2"), ("sign", sign(message_text(changed), identity.alipay_key))]

    return make


def _altered(change: Callable[[_Fields], Mapping[str, str]]) -> Callable[[_Fields, Identity], Pairs]:
    """Changed after Alipay has signed."""

    def make(fields: _Fields, identity: Identity) -> Pairs:
        signature = sign(message_text(fields), identity.alipay_key)
        return [*{**fields, **change(fields)}.items(), ("sign_type", "RSA2"), ("sign", signature)]

    return make


def _foreign_key(fields: _Fields, identity: Identity) -> Pairs:
    return [*fields.items(), ("sign_type", "RSA2"), ("sign", sign(message_text(fields), new_key()))]


def _unsigned(fields: _Fields, identity: Identity) -> Pairs:
    return [*fields.items(), ("sign_type", "RSA2")]


def _rsa1(fields: _Fields, identity: Identity) -> Pairs:
    """Alipay's key, but the outdated SHA1withRSA."""
    signature = identity.alipay_key.sign(message_text(fields).encode(), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the point
    return [*fields.items(), ("sign_type", "RSA"), ("sign", base64.b64encode(signature).decode())]


def _duplicate(fields: _Fields, identity: Identity) -> Pairs:
    pairs = [*fields.items(), ("sign_type", "RSA2"), ("sign", sign(message_text(fields), identity.alipay_key))]
    return [("total_amount", "0.01"), *pairs]


VARIANTS: Mapping[str, Callable[[_Fields, Identity], Pairs]] = {
    "foreign_key": _foreign_key,
    "unsigned": _unsigned,
    "sign_type_rsa": _rsa1,
    "duplicate_field": _duplicate,
    "altered_amount": _altered(lambda fields: {"total_amount": "0.01"}),
    "altered_status": _altered(lambda fields: {"trade_status": "TRADE_FINISHED"}),
    "altered_order": _altered(lambda fields: {"out_trade_no": fields["out_trade_no"] + "X"}),
    "other_app_id": _resigned(lambda fields: {"app_id": "9021000000000001", "auth_app_id": "9021000000000001"}),
    "other_seller": _resigned(lambda fields: {"seller_id": "2088000000000001"}),
    "other_order": _resigned(lambda fields: {"out_trade_no": fields["out_trade_no"] + "X"}),
    "wrong_amount": _resigned(lambda fields: {"total_amount": "0.01"}),
    "gbk_charset": _resigned(lambda fields: {"charset": "GBK"}),
}
"""By name: `altered_…` break the signature, `other_…` and `wrong_amount` are signed by Alipay's own key."""


def forgery(identity: Identity, notification: Notification, variant: str, now: datetime) -> Pairs:
    """Raises KeyError for a variant that isn't one."""
    fields = {name: value for name, value in notification.signed(identity, now) if name not in ("sign", "sign_type")}
    return VARIANTS[variant](fields, identity)
