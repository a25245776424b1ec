"""Words, money, numbers and dates in the languages of a site.

Every package brings `locale/<language>.po` (gettext); the kernel's, the theme's and those of the enabled plugins merge at
boot, later ones win. Message ids are English, so English needs no file. Amounts and dates are formatted by Babel.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from gettext import c2py
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers
from babel.core import get_global
from babel.lists import format_list

from marketry.commerce.money import Money
from marketry.telemetry import log

ENGLISH_PLURAL = "(n != 1)"
CACHED_FORMATS = 32_768  # prices and sizes repeat from page to page, and Babel needs some 40 µs for one


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The messages of one language: one text per id, or the plural forms of one."""

    messages: Mapping[str, str] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural_rule: str = ENGLISH_PLURAL


class I18n:
    """Texts and formats for the `locales` of a site; times are shown in its `timezone`."""

    def __init__(self, catalogues: Mapping[str, Catalogue], timezone: str = "UTC") -> None:
        self._messages = {locale: catalogue.messages for locale, catalogue in catalogues.items()}
        self._plurals = {locale: catalogue.plurals for locale, catalogue in catalogues.items()}
        self._rules: dict[str, Callable[[int], int]] = {
            locale: c2py(catalogue.plural_rule) for locale, catalogue in catalogues.items()
        }
        self._zone = ZoneInfo(timezone)

    def gettext(self, locale: str, text: str, values: Mapping[str, object] | None = None) -> str:
        """`text` in `locale`, in English where it isn't translated; `%(name)s` filled from `values` if there are any."""
        translated = self._messages.get(locale, {}).get(text, text)
        return translated % values if values else translated

    def ngettext(self, locale: str, one: str, many: str, n: int, values: Mapping[str, object] | None = None) -> str:
        """The form for `n`; `%(n)s` is filled too."""
        forms = self._plurals.get(locale, {}).get(one)
        form = (one if n == 1 else many) if forms is None else forms[min(self._rules[locale](n), len(forms) - 1)]
        return form % {"n": n, **(values or {})}

    def money(self, locale: str, amount: Money) -> str:
        """`Money(199900, "USD")` → `$1,999.00` in English, `US$1,999.00` in Chinese."""
        return _money(locale, amount.minor, amount.currency)

    def number(self, locale: str, number: int | Decimal) -> str:
        return _number(locale, number)

    def percent(self, locale: str, basis_points: int) -> str:
        """`1900` → `19%`."""
        return str(numbers.format_percent(Decimal(basis_points) / 10_000, "#,##0.##%", locale=_locale(locale)))

    def date(self, locale: str, day: date | datetime) -> str:
        """`Nov 22, 2026`; a datetime is taken to the site's time zone first."""
        here = day.astimezone(self._zone) if isinstance(day, datetime) else day
        return str(dates.format_date(here, "medium", locale=_locale(locale)))

    def datetime(self, locale: str, moment: datetime) -> str:
        """`Nov 22, 2026, 10:05 PM` in the site's time zone, without seconds, which tell people nothing."""
        here, spoken = moment.astimezone(self._zone), _locale(locale)
        day, time = dates.format_date(here, "medium", locale=spoken), dates.format_time(here, "short", locale=spoken)
        joined = str(dates.get_datetime_format("medium", locale=spoken)).replace("'", "")
        return joined.replace("{0}", time).replace("{1}", day)

    def language_tag(self, locale: str) -> str:
        """The locale as HTML says it (BCP 47): `zh-Hans` for Chinese, whose script a browser must know to choose its letters."""
        return "zh-Hans" if locale == "zh" else locale.replace("_", "-")

    def direction(self, locale: str) -> str:
        """`ltr` or `rtl`."""
        return str(_locale(locale).text_direction)

    def territory_tag(self, locale: str) -> str:
        """The locale with its likeliest country, as Open Graph wants it: `en_US`, `zh_CN`."""
        return _territory_tag(locale)

    def list(self, locale: str, items: Sequence[str]) -> str:
        """`a, b, and c` in English, `a、b和c` in Chinese."""
        return format_list(list(items), locale=_locale(locale))

    def language_name(self, locale: str) -> str:
        """The language in its own words: `中文`."""
        return _language_name(locale)


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=64)
def _territory_tag(locale: str) -> str:
    known = _locale(locale)
    likely = str(get_global("likely_subtags").get(str(known), str(known)))  # "zh" → "zh_Hans_CN" (CLDR)
    return f"{known.language}_{known.territory or likely.rpartition('_')[2]}"


@lru_cache(maxsize=64)
def _language_name(locale: str) -> str:
    name = _locale(locale).get_display_name(locale)
    return (name or locale).capitalize()


@lru_cache(maxsize=CACHED_FORMATS, typed=True)
def _number(locale: str, number: int | Decimal) -> str:
    return str(numbers.format_decimal(number, locale=_locale(locale)))


@lru_cache(maxsize=CACHED_FORMATS)
def _money(locale: str, minor: int, currency: str) -> str:
    return str(numbers.format_currency(Money(minor, currency).amount, currency, locale=_locale(locale)))


def load_catalogues(locales: Iterable[str], folders: Iterable[Path], cache: Path | None = None) -> dict[str, Catalogue]:
    """The merged catalogues of `locales` from `<folder>/<locale>.po`, those of later folders winning.

    `cache` is a folder for the parsed form, keyed by the files' contents: parsing takes most of a second, reading 5 ms.
    """
    folders = tuple(folders)
    return {locale: _merged([f for folder in folders if (f := folder / f"{locale}.po").is_file()], cache) for locale in locales}


def _merged(files: list[Path], cache: Path | None) -> Catalogue:
    if not files:
        return Catalogue()
    contents = [file.read_bytes() for file in files]
    key = sha256(b"\0".join(sha256(content).digest() for content in contents)).hexdigest()[:32]
    kept = cache / f"{files[0].stem}-{key}.json" if cache else None
    if kept and (found := _kept(kept)):
        return found
    catalogue = _parse(files)
    if kept:
        _keep(kept, catalogue)
    return catalogue


def _kept(path: Path) -> Catalogue | None:
    try:
        content = json.loads(path.read_bytes())
        plurals = {one: tuple(forms) for one, forms in content["plurals"].items()}
        return Catalogue(content["messages"], plurals, content["rule"])
    except (OSError, ValueError, KeyError):
        return None


def _keep(path: Path, catalogue: Catalogue) -> None:
    content = {"messages": catalogue.messages, "plurals": catalogue.plurals, "rule": catalogue.plural_rule}
    partial = path.with_suffix(f".{id(catalogue)}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        partial.replace(path)
    except OSError as error:  # a read-only site folder works too, only slower
        log.info("catalogue_not_cached", path=str(path), reason=str(error))


def _parse(files: list[Path]) -> Catalogue:
    from babel.messages.pofile import read_po  # only when a catalogue has changed

    messages: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    rule = ENGLISH_PLURAL
    for file in files:
        with file.open("rb") as opened:
            parsed = read_po(opened, locale=file.stem.replace("-", "_"), abort_invalid=True)
        rule = parsed.plural_expr
        for message in parsed:
            if not message.id or message.fuzzy or not message.string:
                continue
            if isinstance(message.id, (tuple, list)):
                if all(message.string):
                    plurals[message.id[0]] = tuple(message.string)
            else:
                messages[message.id] = str(message.string)
    return Catalogue(messages, plurals, rule)
