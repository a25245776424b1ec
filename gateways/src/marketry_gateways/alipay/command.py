"""`marketry-gateways alipay`: the twin as a process of its own, with keys and a book that survive a restart."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

from marketry_gateways.alipay.certificates import Certificates, make_certificates
from marketry_gateways.alipay.signing import new_key, private_pem, read_private_key, read_public_key
from marketry_gateways.alipay.twin import AlipayTwin


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at; loopback unless you know why")
    parser.add_argument("--port", type=int, default=8210)
    parser.add_argument("--public-url", default="", help="where shops and buyers find the twin, if not at host and port")
    parser.add_argument("--app-id", default="9021000100000000")
    parser.add_argument("--seller-id", default="2088700000000000")
    parser.add_argument("--merchant-public-key", type=Path, help="the application's public key; without it the twin makes a pair")
    parser.add_argument(
        "--certificates", action="store_true", help="certificate mode: makes root, Alipay's and the app's certificates"
    )
    parser.add_argument("--keys", type=Path, help="a folder that keeps keys and certificates from one start to the next")
    parser.add_argument("--book", type=Path, help="the file of the book; without it the book is in memory")
    parser.add_argument("--settings", type=Path, help="writes here, as JSON, what a merchant would paste into the shop")
    parser.add_argument("--speed", type=float, default=60.0, help="divides the schedule of repeated notifications (4m, 10m, …)")


def run(arguments: argparse.Namespace) -> int:
    """Serves until it is interrupted. What a shop needs is printed, or written to `--settings`."""
    with make_twin(arguments) as twin:
        settings = json.dumps(twin.settings(), indent=2)
        if arguments.settings:
            arguments.settings.write_text(settings + "\n")
            arguments.settings.chmod(0o600)
            settings = f"settings: {arguments.settings}"
        sys.stdout.write(f"Alipay's twin at {twin.gateway_url}. A sandbox: no money moves.\n{settings}\n")
        sys.stdout.flush()
        twin.wait()
    return 0


def make_twin(arguments: argparse.Namespace) -> AlipayTwin:
    public = arguments.merchant_public_key.read_text() if arguments.merchant_public_key else ""
    alipay, merchant, certificates = _kept(arguments, public)
    return AlipayTwin(
        app_id=arguments.app_id,
        seller_id=arguments.seller_id,
        merchant_public_key=public,
        merchant_private_key=merchant,
        alipay_private_key=alipay,
        certificate_mode=arguments.certificates,
        certificates=certificates,
        host=arguments.host,
        port=arguments.port,
        public_url=arguments.public_url,
        path=arguments.book,
        speed=arguments.speed,
    )


def _kept(arguments: argparse.Namespace, public: str) -> tuple[str, str, Certificates | None]:
    """The keys of an earlier start, or new ones put there for the next. `public`: the merchant's, who keeps the private one."""
    folder: Path | None = arguments.keys
    if folder is None:
        return "", "", None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    alipay = _key(folder / "alipay-private.pem")
    merchant = "" if public else _key(folder / "merchant-private.pem")
    if not arguments.certificates:
        return alipay, merchant, None
    merchant_key = read_public_key(public) if public else read_private_key(merchant).public_key()
    return alipay, merchant, _certificates(folder, arguments.app_id, read_private_key(alipay), merchant_key)


def _key(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(private_pem(new_key()))
    return path.read_text()


def _certificates(folder: Path, app_id: str, alipay: rsa.RSAPrivateKey, merchant: rsa.RSAPublicKey) -> Certificates:
    paths = {name: folder / f"{name}.crt" for name in ("root", "alipay", "app")}
    if not all(path.exists() for path in paths.values()):
        made = make_certificates(app_id, alipay, merchant)
        for name, path in paths.items():
            path.write_text(getattr(made, name))
    return Certificates(**{name: path.read_text() for name, path in paths.items()})
