"""The site's secret keys: signing what leaves the site, sealing secrets that stay in the database.

Several keys rotate: the first one signs and seals, the others still verify and open. `MARKETRY_SECRET_KEY="new,old"`.
"""

import os
import secrets
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from itsdangerous import URLSafeTimedSerializer

KEY_FILE = "secret.key"


def local_key(var_dir: Path) -> tuple[str, ...]:
    """The keys in var/secret.key, one a line, made at first use; for sites that configure none."""
    path = var_dir / KEY_FILE
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        _create(path, secrets.token_hex(32) + "\n")
    return tuple(path.read_text().split())


def _create(path: Path, content: str) -> None:
    """Appear whole or not at all, and never over another's: two processes may start at once."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    try:
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def signer(keys: Sequence[str], purpose: str) -> "URLSafeTimedSerializer":
    """Signs values for one purpose; a value signed for another doesn't verify. SHA-256."""
    from itsdangerous import URLSafeTimedSerializer

    # itsdangerous wants the newest key last
    return URLSafeTimedSerializer(list(reversed(keys)), salt=f"marketry.{purpose}", signer_kwargs={"digest_method": sha256})


class SecretBox:
    """Seals texts for the database (Fernet: AES-128-CBC with HMAC-SHA-256) under keys derived from the site's."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = tuple(keys)

    def seal(self, text: str) -> str:
        return str(self._fernet(self._keys).encrypt(text.encode()), "ascii")

    def open(self, sealed: str) -> str:
        """The sealed text; ValueError where none of the keys fits."""
        from cryptography.fernet import InvalidToken

        try:
            return str(self._fernet(self._keys).decrypt(sealed.encode()), "utf-8")
        except InvalidToken:
            raise ValueError("sealed under a key that this site no longer has") from None

    @staticmethod
    def _fernet(keys: Sequence[str]):  # type: ignore[no-untyped-def]  # cryptography is imported only where a secret is met
        from base64 import urlsafe_b64encode

        from cryptography.fernet import Fernet, MultiFernet
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        def derive(key: str) -> Fernet:
            material = HKDF(SHA256(), 32, salt=None, info=b"marketry.settings").derive(key.encode())
            return Fernet(urlsafe_b64encode(material))

        return MultiFernet([derive(key) for key in keys])
