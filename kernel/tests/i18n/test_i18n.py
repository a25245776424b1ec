"""Texts from merged catalogues, plural forms, money and dates; and the kept form of a catalogue."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from marketry.commerce.money import Money
from marketry.i18n import Catalogue, I18n, load_catalogues
from marketry.testing import SiteFactory

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'


def write_po(folder: Path, entries: str, locale: str = "zh") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{locale}.po").write_text(HEAD + entries, "utf-8")
    return folder


def test_later_catalogues_win_and_fuzzy_or_empty_entries_do_not_count(tmp_path: Path) -> None:
    first = write_po(
        tmp_path / "a", 'msgid "Cart"\nmsgstr "购物车"\n\nmsgid "Price"\nmsgstr "价格"\n\n#, fuzzy\nmsgid "Odd"\nmsgstr "怪"\n'
    )
    second = write_po(tmp_path / "b", 'msgid "Price"\nmsgstr "售价"\n\nmsgid "Cart"\nmsgstr ""\n')
    i18n = I18n(load_catalogues(["en", "zh"], [first, second]))
    assert [i18n.gettext("zh", text) for text in ("Cart", "Price", "Odd", "Unknown")] == ["购物车", "售价", "Odd", "Unknown"]
    assert i18n.gettext("en", "Cart") == "Cart"
    assert i18n.gettext("fr", "Cart") == "Cart"


def test_names_are_filled_in_and_percent_signs_stay_where_there_are_none(tmp_path: Path) -> None:
    folder = write_po(tmp_path, '#, python-format\nmsgid "Hello %(name)s"\nmsgstr "%(name)s,你好"\n')
    i18n = I18n(load_catalogues(["zh"], [folder]))
    assert i18n.gettext("zh", "Hello %(name)s", {"name": "Li"}) == "Li,你好"
    assert i18n.gettext("zh", "100% wool") == "100% wool"


def test_each_language_has_its_own_number_of_forms(tmp_path: Path) -> None:
    write_po(tmp_path, 'msgid "%(n)s item"\nmsgid_plural "%(n)s items"\nmsgstr[0] "%(n)s 件"\n')
    i18n = I18n(load_catalogues(["en", "zh"], [tmp_path]))
    forms = [i18n.ngettext(locale, "%(n)s item", "%(n)s items", n) for locale in ("en", "zh") for n in (0, 1, 2)]
    assert forms == ["0 items", "1 item", "2 items", "0 件", "1 件", "2 件"]


def test_polish_has_three_forms() -> None:
    rule = "(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2)"
    i18n = I18n({"pl": Catalogue(plurals={"file": ("plik", "pliki", "plików")}, plural_rule=rule)})
    assert [i18n.ngettext("pl", "file", "files", n) for n in (1, 2, 5, 22)] == ["plik", "pliki", "plików", "pliki"]


@pytest.mark.parametrize(
    ("locale", "minor", "currency", "text"),
    [
        ("en", 199900, "USD", "$1,999.00"), ("zh", 199900, "USD", "US$1,999.00"), ("zh", 5, "CNY", "¥0.05"),
        ("en", 1999, "JPY", "¥1,999"), ("de", -1234567, "EUR", "-12.345,67\xa0€"), ("de", 1234, "KWD", "1,234\xa0KWD"),
    ],
)  # fmt: skip
def test_money_is_written_as_people_there_write_it(locale: str, minor: int, currency: str, text: str) -> None:
    assert I18n({}).money(locale, Money(minor, currency)) == text


def test_times_are_shown_where_the_shop_is() -> None:
    i18n = I18n({}, "Asia/Shanghai")
    late = datetime(2026, 11, 22, 22, 5, tzinfo=UTC)
    assert i18n.date("en", late) == "Nov 23, 2026"
    assert i18n.date("zh", date(2026, 11, 22)) == "2026年11月22日"
    assert i18n.datetime("zh", late) == "2026年11月23日 06:05"
    assert i18n.datetime("en", late) == "Nov 23, 2026, 6:05\u202fAM"
    assert i18n.number("de", 1234567) == "1.234.567"
    assert i18n.percent("en", 1950) == "19.5%"
    assert i18n.language_name("zh") == "中文"


def test_a_parsed_catalogue_is_kept_until_a_file_changes(tmp_path: Path) -> None:
    folder, cache = write_po(tmp_path / "a", 'msgid "Cart"\nmsgstr "购物车"\n'), tmp_path / "cache"
    first = load_catalogues(["zh"], [folder], cache)
    (kept,) = cache.iterdir()
    assert load_catalogues(["zh"], [folder], cache) == first
    kept.write_text("{half a file")
    assert load_catalogues(["zh"], [folder], cache) == first
    write_po(folder, 'msgid "Cart"\nmsgstr "篮子"\n')
    assert load_catalogues(["zh"], [folder], cache)["zh"].messages == {"Cart": "篮子"}


def test_the_sites_own_words_win(make_site: SiteFactory, tmp_path: Path) -> None:
    write_po(tmp_path / "site" / "locale", 'msgid "You may not do this."\nmsgstr "不行"\n')
    runtime = make_site(migrate=False)
    assert runtime.context(locale="zh").gettext("You may not do this.") == "不行"
