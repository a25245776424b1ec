"""Defaults < TOML < database < environment, for settings and for the list of plugins; other processes follow."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from sqlalchemy import select

from marketry import Plugin, Refused
from marketry.plugins.discovery import Installed
from marketry.runtime import Runtime
from marketry.settings import choose_theme, disable_plugin, enable_plugin, reseal, save_settings
from marketry.settings.tables import Setting
from marketry.testing import SiteFactory, inline_plugin

OLD, NEW = "old-" * 10, "new-" * 10


class ReviewSettings(BaseModel):
    stars: int = Field(default=5, ge=1, le=10)
    moderate: bool = False
    words: list[str] = []
    greeting: str = "Hello"
    api_key: SecretStr = SecretStr("")


REVIEWS = inline_plugin(Plugin(id="reviews", title="Reviews", settings=ReviewSettings))
Boots = Callable[..., Runtime]


@pytest.fixture
def boots(make_site: SiteFactory, database: str) -> Boots:
    """The same site booted again and again, on both databases, with the plugin `reviews`."""

    def boot(toml: str = "", environ: dict[str, str] | None = None, extra: tuple[Installed, ...] = (), **values: Any) -> Runtime:
        return make_site(extra=[REVIEWS, *extra], more=toml, environ=environ, **values)

    return boot


class StrictSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")
    cart_days: int = 30


def test_a_misspelt_setting_is_told_from_a_wrong_value_and_the_one_meant_is_named(make_site: SiteFactory) -> None:
    extra = [inline_plugin(Plugin(id="carts", title="Carts", settings=StrictSettings))]
    told = []
    for name in ("CART_DAY", "COLOUR"):
        (record,) = make_site(extra=extra, environ={f"MARKETRY_CARTS__{name}": "7"}).plugins.quarantined
        told.append((record.reason, record.mend))
    assert told == [
        (
            "its settings are wrong: cart_day (environment): there is no such setting. Did you mean cart_days?",
            "Correct or remove cart_day. Settings there are: cart_days.",
        ),
        (
            "its settings are wrong: colour (environment): there is no such setting",
            "Correct or remove colour. Settings there are: cart_days.",
        ),
    ]


def save(runtime: Runtime, **values: object) -> None:
    with (ctx := runtime.context()).writing():
        save_settings(ctx, "reviews", values)


def test_each_layer_wins_over_those_before_it(boots: Boots) -> None:
    assert boots().settings_of(ReviewSettings).stars == 5
    toml = "[settings.reviews]\nstars = 6\nmoderate = true\ngreeting = 'Hi'"
    runtime = boots(toml)
    assert runtime.settings_of(ReviewSettings).stars == 6
    save(runtime, stars=7, moderate=False)
    assert (runtime.settings_of(ReviewSettings).stars, runtime.settings_of(ReviewSettings).moderate) == (7, False)
    runtime = boots(
        toml, {"MARKETRY_REVIEWS__STARS": "8", "MARKETRY_REVIEWS__WORDS": '["a", "b"]', "MARKETRY_REVIEWS__GREETING": "12"}
    )
    settings = runtime.settings_of(ReviewSettings)
    assert (settings.stars, settings.moderate, settings.words, settings.greeting) == (8, False, ["a", "b"], "12")
    assert runtime.effective("reviews").origin == {
        "stars": "environment", "moderate": "database", "words": "environment", "greeting": "environment", "api_key": "default",
    }  # fmt: skip


def test_what_is_forgotten_falls_back_to_the_layer_below(boots: Boots) -> None:
    runtime = boots("[settings.reviews]\nstars = 6")
    save(runtime, stars=7)
    save(runtime, stars=None)
    assert runtime.settings_of(ReviewSettings).stars == 6


def test_settings_are_one_object_until_they_change(boots: Boots) -> None:
    runtime = boots()
    before = runtime.settings_of(ReviewSettings)
    assert runtime.settings_of(ReviewSettings) is before
    save(runtime, stars=9)
    assert runtime.settings_of(ReviewSettings) is not before


def test_another_process_follows_within_a_second(boots: Boots) -> None:
    here, there = boots(), boots()
    assert there.settings_of(ReviewSettings).stars == 5
    save(here, stars=9)
    there.look_again()  # a second has passed
    assert there.settings_of(ReviewSettings).stars == 9
    assert not there.is_outdated


def test_wrong_settings_are_refused_field_by_field_and_nothing_is_saved(boots: Boots) -> None:
    runtime = boots()
    with pytest.raises(Refused) as caught:
        save(runtime, stars=11, moderate="perhaps", greeting="Hey")
    assert sorted((problem.code, problem.field) for problem in caught.value.problems) == [
        ("invalid_setting", "moderate"), ("invalid_setting", "stars"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="unknown_setting"):
        save(runtime, colour="red")
    assert boots().settings_of(ReviewSettings) == ReviewSettings()


def test_secrets_are_sealed_in_the_database_and_hidden_in_words(boots: Boots) -> None:
    runtime = boots()
    save(runtime, api_key="sk_live_12345678", stars=3)
    with runtime.context().reading() as session:
        rows = {row.name: row for row in session.scalars(select(Setting))}
    assert (rows["api_key"].sealed, rows["stars"].sealed, rows["stars"].value) == (True, False, 3)
    assert "sk_live" not in rows["api_key"].value
    settings = boots().settings_of(ReviewSettings)
    assert settings.api_key.get_secret_value() == "sk_live_12345678"
    assert "sk_live" not in repr(settings)


def test_an_empty_secret_keeps_the_saved_one(boots: Boots) -> None:
    runtime = boots()
    save(runtime, api_key="first-secret")
    save(runtime, api_key="", stars=2)
    assert runtime.settings_of(ReviewSettings).api_key.get_secret_value() == "first-secret"


def test_keys_rotate_without_losing_a_secret(boots: Boots) -> None:
    runtime = boots(secret_key=OLD)
    save(runtime, api_key="kept-secret")
    both = boots(secret_key=f"{NEW},{OLD}")
    assert both.settings_of(ReviewSettings).api_key.get_secret_value() == "kept-secret"
    with (ctx := both.context()).writing():
        assert reseal(ctx) == 1
    new_alone = boots(secret_key=NEW)
    assert new_alone.settings_of(ReviewSettings).api_key.get_secret_value() == "kept-secret"
    assert new_alone.stored.unreadable == ()


def test_a_secret_under_a_lost_key_is_reported_and_the_site_runs(boots: Boots) -> None:
    save(boots(secret_key=OLD), api_key="lost-secret", stars=4)
    runtime = boots(secret_key=NEW)
    assert runtime.stored.unreadable == (("reviews", "api_key"),)
    assert runtime.settings_of(ReviewSettings).stars == 4
    assert runtime.settings_of(ReviewSettings).api_key.get_secret_value() == ""


def test_signatures_outlive_a_rotation_and_hold_for_one_purpose(boots: Boots) -> None:
    from itsdangerous import BadSignature

    signed = boots(secret_key=OLD).signer("order-link").dumps({"order": "7KD2"})
    both = boots(secret_key=f"{NEW},{OLD}")
    assert both.signer("order-link").loads(signed) == {"order": "7KD2"}
    with pytest.raises(BadSignature):
        both.signer("sign-in").loads(signed)
    with pytest.raises(BadSignature):
        boots(secret_key=NEW).signer("order-link").loads(signed)


def inline(name: str, **fields: Any) -> Installed:
    return inline_plugin(Plugin(id=name, title=name, **fields))


def test_plugins_are_enabled_with_what_they_need_and_the_others_reload(make_site: SiteFactory, database: str) -> None:
    from marketry.plugins import discovery

    runtime, other = make_site(), make_site()
    runtime.extra = (inline("base"), inline("top", requires={"base": ">=1"}))
    assert "top" in discovery.find(runtime.extra)
    with (ctx := runtime.context()).writing():
        assert enable_plugin(ctx, "top") == ("base", "top")
    other.look_again()
    assert other.is_outdated
    assert other.listed == ("base", "top")
    other.extra = runtime.extra
    again = make_site(extra=runtime.extra)
    assert again.site.plugins == ("base", "top")
    assert again.site.origin["plugins"] == "database"
    assert not again.is_outdated


def test_two_processes_that_enable_a_plugin_each_enable_both(make_site: SiteFactory, database: str) -> None:
    extra = (inline("base"), inline("side"))
    one, other = make_site(), make_site()
    one.extra = other.extra = extra
    assert other.listed == ()
    for runtime, plugin in ((one, "base"), (other, "side")):
        with (ctx := runtime.context()).writing():
            enable_plugin(ctx, plugin)
    assert make_site(extra=extra).listed == ("base", "side")


def test_disabling_is_refused_while_others_need_it(make_site: SiteFactory, database: str) -> None:
    extra = [inline("base"), inline("top", requires={"base": ">=1"})]
    runtime = make_site("base", "top", extra=extra)
    with pytest.raises(Refused, match=r"plugin_required: top need") as caught, (ctx := runtime.context()).writing():
        disable_plugin(ctx, "base")
    assert caught.value.status == 409
    with (ctx := runtime.context()).writing():
        disable_plugin(ctx, "top")
    assert runtime.listed == ("base",)


def test_what_the_environment_pins_can_not_be_saved(make_site: SiteFactory, database: str) -> None:
    runtime = make_site("base", extra=[inline("base")], environ={"MARKETRY_PLUGINS": "base", "MARKETRY_THEME": ""})
    for change in (lambda ctx: disable_plugin(ctx, "base"), lambda ctx: choose_theme(ctx, "")):
        with pytest.raises(Refused, match="set_by_environment"), (ctx := runtime.context()).writing():
            change(ctx)


def test_what_is_not_installed_can_be_neither_enabled_nor_worn(make_site: SiteFactory, database: str) -> None:
    runtime = make_site()
    for change, code in (
        (enable_plugin, "plugin_unusable"),
        (choose_theme, "unknown_theme"),
        (disable_plugin, "plugin_not_enabled"),
    ):
        with pytest.raises(Refused, match=code), (ctx := runtime.context()).writing():
            change(ctx, "nowhere")
    assert runtime.listed == ()
