"""A site with one mail in two languages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from marketry.jobs.running import run_pending
from marketry.runtime import Runtime
from marketry.web.values import SYSTEM

TEXT = """{% extends 'mail/layout.txt' %}
{% block subject %}{{ _('Hello') }} {{ name }}{% endblock %}
{% block main %}Dear {{ name }}{% endblock %}"""
HTML = """{% extends 'mail/layout.html' %}
{% block title %}Dear {{ name }}{% endblock %}
{% block main %}<p>{{ name }}</p>{% endblock %}"""


@pytest.fixture
def shop(make_site: Any, tmp_path: Path) -> Callable[..., Runtime]:
    """`shop(smtp_url)` → a booted site whose mails go there."""
    folder = tmp_path / "site" / "templates" / "greeting"
    folder.mkdir(parents=True)
    (folder / "hello.txt").write_text(TEXT)
    (folder / "hello.html").write_text(HTML)

    def boot(smtp_url: str = "", **options: Any) -> Runtime:
        more = f'[mail]\nsmtp_url = "{smtp_url}"\nfrom = "Shop <shop@example.com>"'
        site: Runtime = make_site(more=more, **options)
        return site

    return boot


@pytest.fixture
def write() -> Callable[..., bool]:
    """Queue the mail in a transaction of its own, and run what is due unless `run` is False."""

    def queue(site: Runtime, name: str = "Ada", key: str = "hello:1", run: bool = True, **options: Any) -> bool:
        ctx = site.context(actor=SYSTEM)
        with ctx.writing():
            new = ctx.mail.queue(ctx, to="ada@example.com", template="greeting/hello", values={"name": name}, key=key, **options)
        if run:
            run_pending(site)
        return new

    return queue
