"""A feed of products by Google's product data specification, written down from https://support.google.com/merchants/answer/7052112
(and 6324461 on GTINs, 6324371 on prices; read in November 2026), not from the code that writes the feed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlsplit

from lxml import etree

NAMESPACE = "{http://base.google.com/ns/1.0}"
Item = Mapping[str, Sequence[str]]
REQUIRED = ("id", "title", "description", "link", "image_link", "availability", "price")
LONGEST = {
    "id": 50, "title": 150, "description": 5000, "link": 2000, "image_link": 2000, "additional_image_link": 2000, "brand": 70,
    "mpn": 70, "item_group_id": 50, "color": 100, "size": 100, "material": 200, "product_type": 750,
}  # fmt: skip
ALLOWED = {
    "availability": {"in_stock", "out_of_stock", "preorder", "backorder"},
    "condition": {"new", "refurbished", "used"},
}
REPEATED = {"additional_image_link": 10, "product_type": 5}
PRICE = re.compile(r"(\d+(?:\.\d{1,2})?) ([A-Z]{3})")
WEIGHT = re.compile(r"(\d+(?:\.\d+)?) (lb|oz|g|kg)")
GRAMS = {"lb": 453.592, "oz": 28.35, "g": 1, "kg": 1000}
# GS1 keeps these prefixes of a GTIN-13 for numbers inside a shop and for coupons; Google refuses them.
RESTRICTED = re.compile(r"(2|02|04|05|98|99)")


def items_of(feed: bytes) -> list[Item]:
    """Attribute → values, of every item of an RSS 2.0 feed."""
    root = etree.fromstring(feed)
    assert root.tag == "rss", root.tag
    assert root.get("version") == "2.0"
    found = []
    for item in root.findall("channel/item"):
        values: dict[str, list[str]] = {}
        for child in item:
            assert child.tag.startswith(NAMESPACE) or child.tag in ("title", "description", "link"), child.tag
            values.setdefault(child.tag.removeprefix(NAMESPACE), []).append(child.text or "")
        found.append(values)
    return found


def problems(items: Sequence[Item], host: str, currency: str) -> list[str]:
    """What Merchant Center would refuse or warn of."""
    wrong = [f"{item.get('id', ['?'])[0]}: {told}" for item in items for told in _of_item(item, host, currency)]
    ids = [item["id"][0] for item in items if "id" in item]
    return wrong + [f"{one}: the id stands there twice" for one in {i for i in ids if ids.count(i) > 1}]


def _of_item(item: Item, host: str, currency: str) -> Iterator[str]:
    for name in REQUIRED:
        if not any(value.strip() for value in item.get(name, ())):
            yield f"{name} is missing"
    for name, values in item.items():
        if len(values) > REPEATED.get(name, 1):
            yield f"{name} stands there {len(values)} times"
        for value in values:
            yield from _of_value(name, value, host)
    yield from _of_prices(item, currency)
    if "gtin" not in item and not ("brand" in item and "mpn" in item):
        yield "neither a GTIN nor brand and MPN"
    if "item_group_id" in item and not {"color", "size", "material", "pattern"} & item.keys():
        yield "a variant that says nothing of what makes it one"


def _of_value(name: str, value: str, host: str) -> Iterator[str]:
    if len(value) > LONGEST.get(name, len(value)):
        yield f"{name} is longer than {LONGEST[name]}"
    if value != value.strip() or re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", value):
        yield f"{name} has blanks at its ends or control characters"
    if name in ALLOWED and value not in ALLOWED[name]:
        yield f"{name} can't be {value!r}"
    if name in ("title", "description") and re.search(r"<[a-z/!]", value):
        yield f"{name} has HTML in it"
    if name in ("link", "image_link", "additional_image_link"):
        yield from _of_address(name, value, host)
    if name == "gtin" and not _is_gtin(value):
        yield f"{value!r} is no GTIN that may be submitted"
    if name == "shipping_weight":
        weight = WEIGHT.fullmatch(value)
        if weight is None or not 0 < float(weight[1]) * GRAMS[weight[2]] <= 1_000_000:
            yield f"shipping_weight can't be {value!r}"
    if name == "color" and (len(value.split("/")) > 3 or any(len(one) > 40 for one in value.split("/")) or value.isdigit()):
        yield f"color can't be {value!r}"


def _of_address(name: str, value: str, host: str) -> Iterator[str]:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[!#$%&'()*+,/:;=?@\[\]\w.~-]+", value, re.ASCII):
        yield f"{name} is not encoded as RFC 3986 asks: {value}"
    if name == "link" and parts.netloc != host:
        yield f"link leads to {parts.netloc}"
    if name != "link" and not re.search(r"\.(jpe?g|webp|png|gif|bmp|tiff?)$", parts.path):
        yield f"{name} is no picture: {value}"


def _of_prices(item: Item, currency: str) -> Iterator[str]:
    amounts = {}
    for name in ("price", "sale_price"):
        for value in item.get(name, ()):
            found = PRICE.fullmatch(value)
            if found is None or found[2] != currency or Decimal(found[1]) <= 0:
                yield f"{name} can't be {value!r}"
            else:
                amounts[name] = Decimal(found[1])
    if "sale_price" in amounts and "price" in amounts and amounts["sale_price"] >= amounts["price"]:
        yield "the sale price is not below the price"


def _is_gtin(text: str) -> bool:
    if not re.fullmatch(r"\d{8}|\d{12,14}", text, re.ASCII):
        return False
    digits = [int(digit) for digit in text.zfill(14)]
    total = sum(digit * (3 if at % 2 == 0 else 1) for at, digit in enumerate(digits[:13]))
    return (10 - total % 10) % 10 == digits[13] and not (len(text) > 8 and RESTRICTED.match(text.zfill(14)[1:]))
