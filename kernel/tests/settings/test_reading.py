"""marketry.toml and the environment: what they may say, and how a mistake is explained."""

from pathlib import Path

import pytest

from marketry.settings import SiteError, read_site
from marketry.testing import write_site


def test_a_site_has_defaults_for_all_but_its_folder(tmp_path: Path) -> None:
    (tmp_path / "marketry.toml").write_text("")
    site = read_site(tmp_path, {})
    assert (site.name, site.locales, site.currencies, site.plugins, site.theme) == ("Marketry", ("en",), ("USD",), (), "")
    assert site.database_url == f"sqlite:///{tmp_path}/var/marketry.sqlite3"
    assert set(site.origin.values()) == {"default"}


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    write_site(tmp_path, plugins=["catalog"], base_url="http://file.example", redis_url="redis://file")
    environ = {
        "MARKETRY_BASE_URL": "https://env.example", "MARKETRY_PLUGINS": "catalog, orders",
        "MARKETRY_DATABASE_URL": "postgresql://db/shop", "MARKETRY_SECRET_KEY": "n" * 32 + "," + "o" * 32, "MARKETRY_SMTP_URL": "smtp://mail",
        "MARKETRY_REVIEWS__MODERATE": "true",
        "MARKETRY_CRASHPOINTS": "someone else's",
    }  # fmt: skip
    site = read_site(tmp_path, environ)
    assert (site.base_url, site.plugins, site.redis_url) == ("https://env.example", ("catalog", "orders"), "redis://file")
    assert site.secret_keys == ("n" * 32, "o" * 32)
    assert site.secret_key == "n" * 32
    assert site.database_url == "postgresql://db/shop"
    assert site.table("mail") == {"smtp_url": "smtp://mail"}
    assert site.environment == {"reviews": {"moderate": "true"}}
    assert (site.origin["plugins"], site.origin["redis_url"], site.origin["theme"]) == ("environment", "marketry.toml", "default")


def test_the_environment_wins_field_by_field_in_the_kernels_tables(tmp_path: Path) -> None:
    write_site(tmp_path, more='[mail]\nsmtp_url = "smtp://file"\nfrom = "shop@example.org"')
    site = read_site(tmp_path, {"MARKETRY_MAIL__SMTP_URL": "smtp://env"})
    assert site.table("mail") == {"smtp_url": "smtp://env", "from": "shop@example.org"}


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("plugin = []", "there is no setting 'plugin'. Did you mean 'plugins'?"),
        ('plugins = "catalog"', 'plugins must be a list of texts like ["en", "zh"]'),
        ("name = 3", "name must be a text in quotes, not 3"),
        ("locales = []", "locales must name at least one"),
        ('currencies = ["dollar"]', "'dollar' is no ISO 4217 currency"),
        ('country = "Germany"', "'Germany' is no ISO 3166 country"),
        ('timezone = "Berlin"', "there is no time zone 'Berlin'"),
        ('base_url = "shop.example"', "base_url 'shop.example' must be like"),
        ('secret_key = "short"', "at least 32 characters; make one with: openssl rand -hex 32"),
        ("settings = 1", "[settings] must be a table"),
        ("name = ", "is not valid TOML"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, toml: str, told: str) -> None:
    (tmp_path / "marketry.toml").write_text(toml)
    with pytest.raises(SiteError) as caught:
        read_site(tmp_path, {})
    assert told in str(caught.value)
    assert str(tmp_path / "marketry.toml") in str(caught.value)


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    write_site(tmp_path)
    with pytest.raises(SiteError, match="MARKETRY_TIMEZONE: there is no time zone 'Moon'"):
        read_site(tmp_path, {"MARKETRY_TIMEZONE": "Moon"})


def test_a_folder_without_the_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"is no site: there is no marketry\.toml\. Make one with: marketry new-site"):
        read_site(tmp_path, {})


def test_a_site_without_a_key_makes_one_and_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "marketry.toml").write_text("")
    first, second = read_site(tmp_path, {}).secret_key, read_site(tmp_path, {}).secret_key
    assert first == second
    assert len(first) == 64
    assert (tmp_path / "var" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_relative_sqlite_file_lies_in_the_site(tmp_path: Path) -> None:
    write_site(tmp_path, database_url="sqlite:///data/shop.db")
    assert read_site(tmp_path, {}).database_url == f"sqlite:///{tmp_path}/data/shop.db"


@pytest.mark.parametrize(
    ("toml", "environ"),
    [('[web]\nhosts = ["a.example", "b.example"]', {}), ("", {"MARKETRY_WEB__HOSTS": "a.example, b.example"})],
)
def test_a_list_in_a_table_may_come_from_the_environment_with_commas(tmp_path, toml, environ):
    (tmp_path / "marketry.toml").write_text(f'name = "Shop"\n{toml}\n')
    site = read_site(tmp_path, environ)
    assert site.listed("web", "hosts") == ("a.example", "b.example")
    assert site.listed("web", "cors_origins") == ()
