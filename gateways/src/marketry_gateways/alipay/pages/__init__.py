"""The pages a buyer sees: plain HTML in Chinese and English, marked as a sandbox, without scripts."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from marketry_gateways.alipay.amounts import write_amount
from marketry_gateways.alipay.refusals import Refusal

_TEMPLATES = Environment(
    loader=PackageLoader("marketry_gateways.alipay", "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_TEMPLATES.filters["yuan"] = write_amount
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"


def page(template: str, status: int = 200, **values: object) -> HTMLResponse:
    html = _TEMPLATES.get_template(template).render(**values)
    return HTMLResponse(
        html, status, {"content-security-policy": _POLICY, "cache-control": "no-store", "referrer-policy": "no-referrer"}
    )


def refused_page(refusal: Refusal) -> HTMLResponse:
    """What a buyer sees where a shop's request can't be taken, with the codes for whoever built the shop."""
    return page("refused.html", 200, refusal=refusal)
