"""What a manifest must say, and whether what it requires is there."""

import re
from collections.abc import Mapping

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from marketry.plugins.discovery import Installed
from marketry.plugins.failures import Fault

_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# Words that the kernel uses where a plugin's id would stand: tables, migrations, URLs, settings.
RESERVED = frozenset({"kernel", "site", "shop", "admin", "api", "hooks", "static", "media", "ui", "errors", "mail"})


def check_manifest(plugin: Installed, api_version: str) -> None:
    """Raise Fault unless the manifest is well-formed and written for this hook API."""
    manifest = plugin.manifest
    if not _ID.fullmatch(manifest.id) or manifest.id in RESERVED:
        raise Fault(
            manifest.id,
            "its id is reserved or not of the form lower_case_words",
            "Rename it, in its manifest and its entry point.",
            step="manifest",
        )
    named = [("permission", p.code) for p in manifest.permissions] + [("limit", one.code) for one in manifest.limits]
    foreign = [(what, code) for what, code in named if not code.startswith(f"{manifest.id}.")]
    if foreign:
        raise Fault(
            manifest.id,
            f"its {foreign[0][0]} {foreign[0][1]!r} doesn't begin with {manifest.id + '.'!r}",
            "Name permissions <plugin>.<resource>.read or .write, and limits <plugin>.<what>.",
            step="manifest",
        )
    if not _range(plugin, manifest.api, "api").contains(api_version):
        raise Fault(
            manifest.id,
            f"it was written for hook API {manifest.api}, and this kernel offers {api_version}",
            f"Install a version of {plugin.distribution or manifest.id} for API {api_version}, or another kernel.",
            step="api",
        )


def check_requires(plugin: Installed, enabled: Mapping[str, Installed]) -> None:
    """Raise Fault unless every required plugin is enabled in a version that fits."""
    for needed, wanted in plugin.manifest.requires.items():
        accepted = _range(plugin, wanted, f"requires[{needed!r}]")
        there = enabled.get(needed)
        if there is None:
            raise Fault(
                plugin.id,
                f"it requires the plugin {needed} {wanted}, which is not enabled",
                f"Enable it: marketry plugin enable {needed}",
                step="requires",
            )
        if not accepted.contains(there.version, prereleases=True):
            raise Fault(
                plugin.id,
                f"it requires {needed} {wanted}, and {there.version} is installed",
                f"Install a version of {there.distribution or needed} in {wanted}.",
                step="requires",
            )


def _range(plugin: Installed, text: str, name: str) -> SpecifierSet:
    try:
        return SpecifierSet(text)
    except InvalidSpecifier as error:
        raise Fault(
            plugin.id,
            f"{name} = {text!r} in its manifest is no version range",
            'Write it like ">=1,<2" (PEP 440).',
            step="manifest",
        ) from error
