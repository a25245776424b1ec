"""Where media lie: a folder, or object storage. Both know names with slashes, and write all or nothing."""

import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol


class Store(Protocol):
    def write(self, name: str, content: bytes, mime: str) -> None: ...
    def read(self, name: str) -> bytes | None: ...
    def holds(self, name: str) -> bool: ...
    def remove(self, name: str) -> None: ...
    def names(self, prefix: str, limit: int) -> Iterable[str]: ...
    def path(self, name: str) -> Path | None:
        """The file, where there are files: a web server can send it without reading it."""
        ...


class Folder:
    """A local folder, sharded by the names themselves (`3f/9a/…`)."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, name: str, content: bytes, mime: str) -> None:
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)

    def read(self, name: str) -> bytes | None:
        try:
            return (self._root / name).read_bytes()
        except FileNotFoundError:
            return None

    def holds(self, name: str) -> bool:
        return (self._root / name).is_file()

    def remove(self, name: str) -> None:
        (self._root / name).unlink(missing_ok=True)

    def names(self, prefix: str, limit: int) -> Iterable[str]:
        folder = self._root / prefix
        if not folder.is_dir():
            return []
        found = sorted(entry.name for entry in os.scandir(folder) if not entry.name.startswith("."))
        return [f"{prefix}/{name}" for name in found[:limit]]

    def path(self, name: str) -> Path | None:
        return self._root / name


class Bucket:
    """Object storage with the S3 interface: `url` is s3://bucket/prefix; `endpoint` other than Amazon's own where given."""

    def __init__(self, url: str, settings: Mapping[str, Any]) -> None:
        from obstore.store import S3Store

        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        endpoint = str(settings.get("endpoint") or "")
        names = ("endpoint", "region", "access_key_id", "secret_access_key")
        given = {name: settings[name] for name in names if settings.get(name)}
        options: Any = {"timeout": "30s", "connect_timeout": "5s", "allow_http": endpoint.startswith("http://")}
        self._store = S3Store(bucket, prefix=prefix or None, client_options=options, **given)

    def write(self, name: str, content: bytes, mime: str) -> None:
        import obstore

        caching = "public, max-age=31536000, immutable"
        obstore.put(self._store, name, content, attributes={"Content-Type": mime, "Cache-Control": caching})

    def read(self, name: str) -> bytes | None:
        import obstore

        try:
            return bytes(obstore.get(self._store, name).bytes())
        except FileNotFoundError:
            return None

    def holds(self, name: str) -> bool:
        import obstore

        try:
            obstore.head(self._store, name)
        except FileNotFoundError:
            return False
        return True

    def remove(self, name: str) -> None:
        import obstore

        obstore.delete(self._store, name)

    def names(self, prefix: str, limit: int) -> Iterable[str]:
        import obstore

        first = next(iter(obstore.list(self._store, prefix=prefix, chunk_size=limit)), [])
        return [entry["path"] for entry in first]

    def path(self, name: str) -> Path | None:
        return None
