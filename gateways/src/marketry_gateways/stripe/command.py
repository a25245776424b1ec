"""`marketry-gateways stripe`: the twin as a process of its own, with a book that survives a restart."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from marketry_gateways.stripe.twin import ACCOUNT, KEYS, StripeTwin

SECRET = "whsec_of_the_stripe_twin"  # noqa: S105 - a sandbox's, published


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at; loopback unless you know why")
    parser.add_argument("--port", type=int, default=8200)
    parser.add_argument("--book", type=Path, help="the SQLite file of the book; without it the book is in memory")
    parser.add_argument("--key", default="sk_test_twin", help="the secret key a shop uses; sk_test_… or sk_live_…")
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("--webhook", help="the shop's URL for events")
    parser.add_argument("--secret", default=SECRET, help="what events are signed with")
    parser.add_argument("--settings", type=Path, help="writes here, as JSON, what a merchant would paste into the shop")


def run(arguments: argparse.Namespace) -> int:
    """Serves until it is interrupted. What a shop needs is printed, or written to `--settings`."""
    keys = {arguments.key: arguments.account, **KEYS}
    with StripeTwin(host=arguments.host, port=arguments.port, path=arguments.book, keys=keys) as twin:
        if arguments.webhook:
            livemode = "_live_" in arguments.key
            twin.add_endpoint(arguments.webhook, arguments.secret, account=arguments.account, livemode=livemode)
        settings = {
            "api": twin.url,
            "secret_key": arguments.key,
            "account": arguments.account,
            "webhook_secret": arguments.secret,
        }
        written = json.dumps(settings, indent=2)
        if arguments.settings:
            arguments.settings.write_text(written + "\n")
            arguments.settings.chmod(0o600)
            written = f"settings: {arguments.settings}"
        sys.stdout.write(f"Stripe's twin at {twin.url}. A sandbox: no money moves.\n{written}\n")
        sys.stdout.flush()
        twin.wait()
    return 0
