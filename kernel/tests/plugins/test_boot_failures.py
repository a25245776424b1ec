"""Every step of the boot that fails says which plugin, why, and what to do; the others go on, unless it is critical."""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

import pytest
from pydantic import BaseModel

from marketry import Permission, Plugin, order
from marketry.commerce.checkout import Input, Scope
from marketry.database import METADATA
from marketry.jobs.values import Job
from marketry.plugins.discovery import Installed
from marketry.plugins.failures import BootStopped, Fault, Quarantined
from marketry.runtime import Runtime
from marketry.testing import SiteFactory, inline_plugin


def plain(name: str, **fields: Any) -> Installed:
    return inline_plugin(Plugin(id=name, title=name, **fields))


def boots(make_site: SiteFactory, *extra: Installed, **options: Any) -> Runtime:
    return make_site(extra=extra, migrate=False, **options)


def quarantined(runtime: Runtime, plugin: str) -> Quarantined:
    return next(record for record in runtime.plugins.quarantined if record.plugin == plugin)


def running(runtime: Runtime) -> list[str]:
    return [one.id for one in runtime.plugins.enabled]


def no_jobs() -> Sequence[Job]:
    return ()


def navigation(ctx: object) -> list[object]:
    return []


class Clock(Protocol):
    def strike(self) -> int: ...


def offers_clock() -> Mapping[type, object]:
    return {Clock: object()}


def one_input() -> Sequence[Input]:
    return [Input("note", Scope.CART, BaseModel, "Note")]


def same_input_twice() -> Sequence[Input]:
    return [*one_input(), *one_input()]


def carrier(code: str) -> Any:
    return lambda: [SimpleNamespace(code=code, label=code)]


class NeedsKey(BaseModel):
    api_key: str


FAILURES: dict[str, tuple[list[Installed], str, str, str]] = {
    "misspelt hook": (
        [inline_plugin(Plugin(id="slips", title="Slips"), navigatoin=navigation)],
        "slips", "implements a hook navigatoin, which doesn't exist", "Did you mean navigation?",
    ),
    "unknown hook": (
        [inline_plugin(Plugin(id="slips", title="Slips"), zzz=no_jobs)], "slips", "a hook zzz", "marketry hooks",
    ),
    "argument that the hook hasn't": (
        [inline_plugin(Plugin(id="slips", title="Slips"), jobs=lambda basket: ())], "slips", "'basket'", "marketry hooks NAME",
    ),
    "missing requirement": (
        [plain("late", requires={"early": ">=1"})], "late", "requires the plugin early >=1, which is not enabled",
        "marketry plugin enable early",
    ),
    "requirement too old": (
        [plain("early"), plain("late", requires={"early": ">=2"})], "late", "requires early >=2, and 1.0.0 is installed",
        "Install a version of inline-early in >=2",
    ),
    "incompatible api": (
        [plain("future", api=">=2,<3")], "future", "was written for hook API >=2,<3, and this kernel offers 1.0",
        "for API 1.0, or another kernel",
    ),
    "range that is none": (
        [plain("vague", api="one or two")], "vague", "api = 'one or two' in its manifest is no version range", '">=1,<2"',
    ),
    "circle of requirements": (
        [plain("hen", requires={"egg": ">=1"}), plain("egg", requires={"hen": ">=1"})], "egg",
        "circle: egg → hen → egg", "Take one of them out of requires or after",
    ),
    "circle of orders": (
        [
            inline_plugin(Plugin(id="one", title="One"), navigation=order(before=("two",))(lambda ctx: [])),
            inline_plugin(Plugin(id="two", title="Two"), navigation=order(before=("one",))(lambda ctx: [])),
        ],
        "one", "the order of the hook navigation is a circle", "Change its @order",
    ),
    "two services": (
        [
            inline_plugin(Plugin(id="tick", title="Tick"), services=offers_clock),
            inline_plugin(Plugin(id="tock", title="Tock"), services=offers_clock),
        ],
        "tock", "offers the service Clock, which tick offers already", '[services] Clock = "tock"',
    ),
    "two carriers of one code": (
        [
            inline_plugin(Plugin(id="post", title="Post"), carriers=carrier("van")),
            inline_plugin(Plugin(id="rail", title="Rail"), carriers=carrier("van")),
        ],
        "rail", "its carrier 'van' exists already, from post", "Rename it, or disable post",
    ),
    "one input twice": (
        [inline_plugin(Plugin(id="notes", title="Notes"), checkout_inputs=same_input_twice)], "notes",
        "its checkout input 'notes.note' exists already", "Rename it",
    ),
    "hook that raises at boot": (
        [inline_plugin(Plugin(id="bang", title="Bang"), jobs=lambda: 1 // 0)], "bang",
        "its hook jobs raised ZeroDivisionError", "marketry plugin disable bang",
    ),
    "settings that don't validate": (
        [plain("keyed", settings=NeedsKey)], "keyed", "api_key (not set): Field required", "MARKETRY_KEYED__API_KEY",
    ),
    "reserved id": ([plain("kernel")], "kernel", "its id is reserved", "Rename it"),
    "foreign permission": (
        [plain("thief", permissions=(Permission("orders.order.read", "Read"),))], "thief",
        "'orders.order.read' doesn't begin with 'thief.'", "<plugin>.<resource>.read",
    ),
}  # fmt: skip


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_names_plugin_reason_and_mend_and_leaves_others_running(failure: str, make_site: SiteFactory) -> None:
    extra, plugin, reason, mend = FAILURES[failure]
    runtime = boots(make_site, plain("bystander"), *extra)
    record = quarantined(runtime, plugin)
    assert reason in record.reason
    assert mend in record.mend
    assert "bystander" in running(runtime)
    assert plugin not in running(runtime)


def test_a_plugin_that_is_not_installed_says_what_to_install(make_site: SiteFactory) -> None:
    record = quarantined(make_site("gone", migrate=False), "gone")
    assert record.reason == "no installed package offers a plugin of this name"
    assert record.mend == "Install its package (pip install marketry-gone), or take it out of the site."


def test_dependants_go_into_quarantine_too_and_say_because_of_whom(make_site: SiteFactory) -> None:
    chain = [plain("base", api=">=9"), plain("middle", requires={"base": ">=1"}), plain("top", requires={"middle": ">=1"})]
    runtime = boots(make_site, *chain, plain("bystander"))
    assert running(runtime) == ["bystander"]
    assert [quarantined(runtime, name).because_of for name in ("base", "middle", "top")] == [None, "base", "middle"]


def test_a_critical_plugin_stops_the_boot_and_says_why(make_site: SiteFactory) -> None:
    with pytest.raises(BootStopped, match=r"plugin tax: .*hook API >=9.* critical"):
        boots(make_site, plain("tax", api=">=9", critical=True))


def test_a_plugin_that_the_merchant_calls_critical_stops_the_boot(make_site: SiteFactory) -> None:
    with pytest.raises(BootStopped, match="plugin gone: no installed package"):
        make_site("gone", critical=["gone"], migrate=False)


def test_a_critical_dependant_of_a_broken_plugin_stops_the_boot(make_site: SiteFactory) -> None:
    with pytest.raises(BootStopped, match="plugin tax: it requires base, which is in quarantine"):
        boots(make_site, plain("base", api=">=9"), plain("tax", requires={"base": ">=1"}, critical=True))


def test_the_services_table_chooses_between_two(make_site: SiteFactory) -> None:
    extra = FAILURES["two services"][0]
    runtime = boots(make_site, *extra, more='[services]\nClock = "tock"')
    assert running(runtime) == ["tick", "tock"]
    assert runtime.service(Clock) is not None


def test_a_hook_of_a_plugin_that_is_only_followed_may_be_absent(make_site: SiteFactory) -> None:
    polite = inline_plugin(Plugin(id="polite", title="Polite", after=("reviews",)), reviews_moderate=lambda: None)
    assert running(boots(make_site, polite)) == ["polite"]


def test_faults_found_later_leave_the_plugin_out_of_the_next_boot(make_site: SiteFactory, tmp_path: Path) -> None:
    from marketry.boot import boot

    folder = boots(make_site, plain("bystander")).site.dir
    fault = Fault("late", "its route /cart exists already", "Rename the route.", step="routes")
    runtime = boot(folder, environ={}, extra=[plain("late"), plain("bystander")], faults=[fault])
    assert running(runtime) == ["bystander"]
    assert quarantined(runtime, "late").step == "routes"
    runtime.close()


def package(folder: Path, name: str, models: str) -> str:
    """A package on disk with a models module; returns the module's dotted name."""
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text("")
    (folder / name / "models.py").write_text(textwrap.dedent(models))
    return f"{name}.models"


TABLE = """
    from sqlmodel import Field, Relationship, SQLModel
    from marketry.database import plugin_registry

    class Table(SQLModel, registry=plugin_registry("{plugin}")):
        pass

    class Thing(Table, table=True):
        __tablename__ = "{table}"
        id: int = Field(primary_key=True)
        {more}
"""

BROKEN = {
    "wrong relationship": ('other: "Nowhere" = Relationship()', "brokena", "brokena_thing", "Nowhere"),
    "dies while importing": ("id2: int = 1 / 0", "brokenb", "brokenb_thing", "ZeroDivisionError"),
    "table of another name": ("", "brokenc", "things", "has a table 'things'"),
    "foreign key to a stranger": (
        'cart_id: int = Field(foreign_key="orders_cart.id", ondelete="CASCADE")', "brokend", "brokend_thing", "orders_cart",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_model_is_its_plugins_fault_alone(
    case: str, make_site: SiteFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more, plugin, table, reason = BROKEN[case]
    monkeypatch.syspath_prepend(tmp_path)
    module = package(tmp_path, f"{plugin}_package", TABLE.format(plugin=plugin, table=table, more=more))
    runtime = boots(make_site, plain(plugin, models=module), plain("bystander"))
    record = quarantined(runtime, plugin)
    assert record.step == "models"
    assert reason in record.reason
    assert running(runtime) == ["bystander"]
    again = boots(make_site, plain(plugin, models=module), name="again")
    assert quarantined(again, plugin) == record
    assert not any(name.startswith(plugin) for name in METADATA.tables)


def test_an_own_hook_must_carry_the_plugins_name(make_site: SiteFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    module = package(
        tmp_path, "wild_package",
        """
        from marketry.plugins.markers import Failure, hookspec

        @hookspec(Failure.OPEN)
        def moderate(text: str) -> str | None: ...
        """,
    )  # fmt: skip
    record = quarantined(boots(make_site, plain("wild", hookspecs=module)), "wild")
    assert record.reason == "it declares a hook moderate"
    assert record.mend == "Name a plugin's own hooks wild_…."
