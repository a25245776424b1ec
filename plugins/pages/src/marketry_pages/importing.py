"""Pages and posts out of a folder of Markdown files with a YAML header: `why-we-leave.en.md`, `why-we-leave.zh.md`.

Files of one name in several languages are one entry. Header: `handle`, `title`, `slug`, `summary`, `author`, `seo_title`,
`seo_description`, `picture_alt` (of that language), `kind`, `picture` (a file beside the folder or in it), `tags`, `products`,
`placement`, `position`, `published`, `publish_at`, `publish_until`, or `published_days_ago`. Without a header the first heading
is the title. What is there already is written anew where it differs, by its handle.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from sqlalchemy import select

from marketry import Context, Refused
from marketry.slugs import is_slug
from marketry_pages.editing import TRANSLATED, change_entry, create_entry
from marketry_pages.forms import EntryForm
from marketry_pages.models import entry

FOLDERS = {"posts": "post", "journal": "post", "policies": "policy", "legal": "policy"}
SHARED = ("kind", "picture", "tags", "products", "placement", "position", "published", "publish_at", "publish_until")
OWN = ("handle", "slug", "published_days_ago", *TRANSLATED)
MOST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class FileError:
    """What is wrong in a file, and where: a key of its header, or the body."""

    file: str
    column: str
    reason: str


@dataclass(slots=True)
class Report:
    """What an import did, or, as a dry run, would do."""

    dry_run: bool
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[FileError] = field(default_factory=list)


class _Wrong(Exception):
    def __init__(self, file: str, column: str, reason: str) -> None:
        super().__init__(reason)
        self.error = FileError(file, column, reason)


class _Undone(Exception):
    """Rolls a dry run back."""


def import_pages(
    ctx: Context, folder: Path, *, kind: str = "", dry_run: bool = False, publish: bool = True, own_pictures: bool = False
) -> Report:
    """Import `folder` with all below it. `kind` is of files that don't say it; else a folder named `posts` or `policies` does,
    else they are pages. A wrong entry changes nothing and is named; the others are taken. `own_pictures` are kept as they are."""
    report = Report(dry_run)
    for handle, files in sorted(_grouped(ctx, folder, report).items()):
        try:
            with ctx.writing():
                _take(ctx, folder, handle, files, kind, publish, own_pictures, report)
        except _Undone:
            pass
        except _Wrong as wrong:
            report.errors.append(wrong.error)
        except Refused as refused:
            names = ", ".join(path.name for path in files.values())
            report.errors.extend(FileError(names, p.field or "", p.message) for p in refused.problems)
    return report


def _grouped(ctx: Context, folder: Path, report: Report) -> dict[str, dict[str, Path]]:
    """handle → locale → file."""
    found: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.rglob("*.md")):
        stem, dot, locale = path.stem.rpartition(".")
        stem, locale = (stem, locale) if dot else (path.stem, ctx.site.locales[0])
        if locale not in ctx.site.locales:
            report.errors.append(FileError(path.name, "", ctx.gettext("This shop doesn't speak that language.")))
        elif not is_slug(stem):
            report.errors.append(
                FileError(path.name, "", ctx.gettext("Name files by the page's handle and language: about-us.en.md"))
            )
        else:
            found.setdefault(stem, {})[locale] = path
    return found


def _take(
    ctx: Context, folder: Path, handle: str, files: Mapping[str, Path], kind: str, publish: bool, own: bool, report: Report
) -> None:
    form, kind, days = _read(ctx, folder, files, kind or _kind_of(next(iter(files.values()))), publish, own)
    known = ctx.session.execute(select(entry.c.kind, entry.c.publish_at).where(entry.c.handle == handle)).one_or_none()
    if form.publish_at is None and days is not None:
        # Counted from the first import on: another import doesn't move the post.
        form.publish_at = known.publish_at if known else ctx.now() - timedelta(days=days)
    if known is None:
        create_entry(ctx, kind, form, handle=handle)
        report.created += 1
    elif known.kind != kind:
        raise _Wrong(next(iter(files.values())).name, "kind", ctx.gettext("This handle is taken by another kind of page."))
    elif change_entry(ctx, handle, form):
        report.changed += 1
    else:
        report.unchanged += 1
    if report.dry_run:
        raise _Undone


def _read(
    ctx: Context, folder: Path, files: Mapping[str, Path], kind: str, publish: bool, own: bool
) -> tuple[EntryForm, str, int | None]:
    """The languages of one entry, together; what is shared is read from each, the first that says it wins."""
    shared: dict[str, Any] = {"published": publish, "placement": "footer" if kind == "policy" else ""}
    texts: dict[str, dict[str, str]] = {name: {} for name in (*TRANSLATED, "slug")}
    days: int | None = None
    for locale, path in sorted(files.items(), key=lambda pair: ctx.site.locales.index(pair[0]), reverse=True):
        header, body = _parsed(ctx, path)
        shared |= {name: header[name] for name in SHARED if name in header}
        days = _days(ctx, path, header, days)
        for name in texts:
            if name != "body" and name in header:
                texts[name][locale] = str(header[name])
        texts["body"][locale] = body
    kind = str(shared.pop("kind", kind))
    if kind not in ("page", "policy", "post"):
        raise _Wrong(_names(files), "kind", ctx.gettext("The kind is page, policy or post."))
    picture = shared.pop("picture", None)
    shared["picture"] = _picture(ctx, folder, files, str(picture), own) if picture else None
    try:
        return EntryForm.model_validate({**texts, **shared}), kind, days
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _Wrong(_names(files), ".".join(str(part) for part in first["loc"]), str(first["msg"])) from None


def _parsed(ctx: Context, path: Path) -> tuple[dict[str, Any], str]:
    """Header and body of a file."""
    if path.stat().st_size > MOST_BYTES:
        raise _Wrong(path.name, "", ctx.gettext("The file is larger than %(kb)s kB.", kb=MOST_BYTES // 1024))
    try:
        text = path.read_text("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise _Wrong(path.name, "", ctx.gettext("The file isn't UTF-8.")) from None
    header: dict[str, Any] = {}
    if text.startswith("---\n"):
        written, closed, text = text[4:].partition("\n---\n")
        if not closed:
            raise _Wrong(path.name, "", ctx.gettext("The header has no end: a line of three hyphens."))
        header = _header(ctx, path, written)
    text = text.strip()
    if "title" not in header and text.startswith("# "):
        first, _, text = text.partition("\n")
        header["title"] = first[2:].strip()
    return header, text.strip() + "\n"


def _header(ctx: Context, path: Path, written: str) -> dict[str, Any]:
    try:
        header = yaml.safe_load(written) or {}
    except yaml.YAMLError as error:
        raise _Wrong(path.name, "", str(error).partition("\n")[0]) from None
    if not isinstance(header, dict):
        raise _Wrong(path.name, "", ctx.gettext("The header must name its values: title: …"))
    strange = [str(name) for name in header if name not in (*SHARED, *OWN)]
    if strange:
        raise _Wrong(path.name, strange[0], ctx.gettext("There is no such key."))
    return {str(name): value.isoformat() if hasattr(value, "isoformat") else value for name, value in header.items()}


def _days(ctx: Context, path: Path, header: Mapping[str, Any], known: int | None) -> int | None:
    days = header.get("published_days_ago", known)
    if days is not None and (not isinstance(days, int) or not 0 <= days < 36_500):
        raise _Wrong(path.name, "published_days_ago", ctx.gettext("Give a number of days."))
    return days


def _picture(ctx: Context, folder: Path, files: Mapping[str, Path], name: str, own: bool) -> str:
    """The picture's name in the media store. It lies in the folder or beside it, nowhere else."""
    roots = (next(iter(files.values())).parent, folder, folder.parent)
    allowed = folder.resolve().parent
    for root in roots:
        path = (root / name).resolve()
        if path.is_file() and path.is_relative_to(allowed):
            return ctx.media.store(path.read_bytes(), path.name, as_is=own)
    raise _Wrong(_names(files), "picture", ctx.gettext("There is no such file: %(name)s", name=name))


def _kind_of(path: Path) -> str:
    return FOLDERS.get(path.parent.name, "page")


def _names(files: Mapping[str, Path]) -> str:
    return ", ".join(sorted(path.name for path in files.values()))
