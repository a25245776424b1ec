"""The quick way of drawing gives what Jinja2's own gives."""

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, pass_context
from markupsafe import Markup

from marketry.web.drawing import DrawingEnvironment

SOURCES = {
    "text": "{{ text }} {{ markup }} {{ number }} {{ none }} {{ text|e }} {{ text ~ markup }} {{ text|safe }} {{ html }}",
    "macro": "{% macro m(a, b='<') %}<b>{{ a }}{{ b }}{{ caller() if caller is defined else '' }}</b>{% endmacro %}"
    "{% for i in [1, 2] %}{% set x = i ~ '&' %}{{ m(x, b=i) }}{% call m(i) %}{{ text }}{% endcall %}{% endfor %}",
    "set": "{% set t %}{{ text }}{% endset %}{{ t }}{{ t|upper }}{% set ns = namespace(n=0) %}{{ ns.n }}",
    "calls": "{{ plain('<', k=1) }}{{ seeing('<') }}"
    "{% for i in range(2) %}{{ plain(i) }}{{ seeing(i) }}{{ loop.index }}{% endfor %}"
    "{{ dict(a=text).a }}{{ text.upper() }}{{ joiner('<')() }}",
    "inherited": "{% block a %}{{ text }}{% block b %}{{ number }}{% endblock %}{% endblock %}{{ self.b() }}",
    "imported": "{% import 'lib' as lib %}{{ lib.shout(text) }}{% include 'part' %}",
}
PARTS = {"lib": "{% macro shout(a) %}{{ a|upper }}{{ plain(a) }}{% endmacro %}", "part": "[{{ text }}]"}


class Html:
    def __html__(self) -> str:
        return "<i>"


@pass_context
def seeing(context: object, value: object) -> str:
    return f"{context['text']}{value}"  # type: ignore[index]


def drawn(kind: type[Environment], source: str) -> str:
    environment = kind(loader=DictLoader({**PARTS, "x": source}), autoescape=True, undefined=StrictUndefined)
    environment.globals.update(plain=lambda *a, **k: f"<{a}{k}>", seeing=seeing)
    values = {"text": "a<b>&\"'", "markup": Markup("<b>"), "number": 7, "none": None, "html": Html()}
    return environment.get_template("x").render(values)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_the_page_is_the_same_to_the_byte(source: str) -> None:
    assert drawn(DrawingEnvironment, source) == drawn(Environment, source)
    assert "a<b>" not in drawn(DrawingEnvironment, source.replace("|safe", ""))
