"""`marketry-gateways <twin>`: starts one twin as a process of its own. Each twin's `command` module says what it takes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from marketry_gateways.alipay import command as alipay
from marketry_gateways.stripe import command as stripe


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="marketry-gateways", description="Loopback twins of payment gateways: no money moves.")
    twins = parser.add_subparsers(dest="twin", required=True)
    for name, command in (("alipay", alipay), ("stripe", stripe)):
        part = twins.add_parser(name, help=command.__doc__)
        command.add_arguments(part)
        part.set_defaults(run=command.run)
    chosen = parser.parse_args(arguments)
    return int(chosen.run(chosen))


if __name__ == "__main__":
    raise SystemExit(main())
