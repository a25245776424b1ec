"""Telling releases apart, so that processes of two of them never share a page."""

from hashlib import blake2b
from typing import TYPE_CHECKING

from marketry.web.assets import assets_of
from marketry.web.layers import layers_of

if TYPE_CHECKING:
    from marketry.runtime import Runtime


def build_of(runtime: "Runtime") -> bytes:
    """A digest of the enabled plugins and themes with their versions, of all static files and of all templates."""
    digest = blake2b(assets_of(runtime).hash.encode(), digest_size=16)
    digest.update(repr([(one.id, one.version) for one in runtime.plugins.enabled]).encode())
    digest.update(repr([(one.id, one.version) for one in runtime.plugins.themes]).encode())
    for layer in layers_of(runtime):
        for path in sorted(layer.templates.rglob("*")):
            if path.is_file():
                digest.update(f"{layer.id} {path.relative_to(layer.templates)}\n".encode())
                digest.update(path.read_bytes())
    return digest.digest()
