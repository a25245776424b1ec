"""The command line: results on stdout, one clear line on stderr when something is wrong, never a traceback."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from marketry.cli import main
from marketry.testing import write_site

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("plugin", "list")` → (status, stdout, stderr), for the site in `tmp_path`/site."""
    for name in [name for name in os.environ if name.startswith("MARKETRY_")]:
        monkeypatch.delenv(name)

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("MARKETRY_SITE", str(tmp_path / "site"))
        capfd.readouterr()
        status = main(arguments)
        told = capfd.readouterr()
        return status, told.out, told.err

    return command


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "site", plugins=["catalog"])


def test_a_new_site_can_be_examined_at_once(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("new-site", str(tmp_path / "shop"), "--name", 'Ada\'s "Shop"')
    assert (status, out) == (0, f"Made {tmp_path}/shop/marketry.toml. Now run: marketry run --site {tmp_path}/shop\n")
    status, out, _ = run("doctor", "--json", "--site", str(tmp_path / "shop"))
    findings = {finding["name"]: finding for finding in json.loads(out)}
    assert findings["site"]["detail"].startswith('Ada\'s "Shop" at http://localhost:8000')
    assert (status, findings["database"]["ok"]) == (1, False)
    assert "run `marketry migrate`" in findings["database"]["detail"]
    assert run("new-site", str(tmp_path / "shop"))[0] == 2


def test_before_migrating_doctor_and_commands_say_what_to_run_and_show_no_traceback(run: Run, tmp_path: Path) -> None:
    write_site(tmp_path / "site", plugins=["backoffice", "catalog"])
    told = "The database is behind the code of kernel, backoffice, catalog: run `marketry migrate`."
    status, out, err = run("doctor")
    assert (status, err) == (1, "")
    assert f"ILL   database: {told}\n" in out
    assert run("staff", "create-admin", "ada@example.com") == (1, "", f"error: {told}\n")


def test_the_doctor_says_that_the_shop_is_closed(run: Run, site: Path) -> None:
    run("migrate")
    told = "maintenance: the shop is closed; `marketry maintenance off` opens it\n"
    closed = (run("maintenance", "on"), run("doctor")[1])[1]
    opened = (run("maintenance", "off"), run("doctor")[1])[1]
    assert (told in closed, told in opened) == (True, False)


def test_after_migrating_the_doctor_is_content(run: Run, site: Path) -> None:
    status, out, err = run("migrate")
    assert (status, err) == (0, "")
    assert "catalog: 0001" in out
    assert run("migrate")[1] == "The database is up to date.\n"
    status, out, _ = run("doctor")
    assert status == 0
    assert "ILL" not in out
    assert "catalog.stock: fine\n" in out


def test_plugins_are_listed_enabled_and_disabled(run: Run, site: Path) -> None:
    assert run("migrate")[0] == 0
    status, out, _ = run("plugin", "list", "--json")
    states = {row["id"]: row["state"] for row in json.loads(out)}
    assert (status, states["catalog"], states["shipping"]) == (0, "enabled", "installed")
    assert run("plugin", "enable", "shipping")[:2] == (0, "Enabled: shipping. Now run: marketry migrate\n")
    assert run("plugin", "enable", "shipping")[:2] == (0, "shipping is enabled already.\n")
    assert {row["id"]: row["state"] for row in json.loads(run("plugin", "list", "--json")[1])}["shipping"] == "enabled"
    assert run("plugin", "disable", "shipping")[:2] == (0, "Disabled: shipping. Its data is kept.\n")
    status, out, err = run("plugin", "disable", "shipping")
    assert (status, out, err) == (1, "", "error: The plugin shipping is not enabled.\n")


def test_a_plugin_explains_itself(run: Run, site: Path) -> None:
    status, out, _ = run("plugin", "info", "catalog", "--json")
    details = json.loads(out)
    assert (status, details["id"], details["state"], details["package"]) == (0, "catalog", "enabled", "marketry-catalog")
    assert "resolve_items" in details["hooks"]


def test_a_quarantined_plugin_is_told_with_its_mend(run: Run, tmp_path: Path) -> None:
    write_site(tmp_path / "site", plugins=["gone"])
    status, out, _ = run("plugin", "list")
    assert status == 1
    assert "gone: no installed package offers a plugin of this name. Install its package (pip install marketry-gone)" in out


def test_hooks_are_explained_and_misspelt_names_corrected(run: Run, site: Path) -> None:
    status, out, _ = run("hooks", "resolve_items")
    assert status == 0
    assert out.startswith("resolve_items(ctx: Context, skus: Sequence[str]) -> Mapping[str, Item]\n\nReturn the items")
    assert out.endswith("asked: catalog\n")
    status, _, err = run("hooks", "resolve_item")
    assert status == 2
    assert "Did you mean" in err
    assert "resolve_items" in err


def test_routes_are_listed_with_who_may(run: Run, site: Path) -> None:
    status, out, _ = run("routes", "--json")
    routes = {(route["method"], route["path"]): route for route in json.loads(out)}
    assert status == 0
    assert (routes["GET", "/products/{slug}"]["access"], routes["GET", "/products/{slug}"]["plugin"]) == ("public", "catalog")


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("plugin = []", "there is no setting 'plugin'. Did you mean 'plugins'?"),
        ('plugins = ["gone"]\ncritical = ["gone"]', "plugin gone: no installed package offers a plugin of this name"),
        ('database_url = "postgresql://shop:hunter2@127.0.0.1:9/x"', "The database postgresql"),
    ],
)
def test_what_is_wrong_is_one_line_and_no_traceback(run: Run, tmp_path: Path, toml: str, told: str) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "marketry.toml").write_text(toml)
    status, out, err = run("plugin", "list")
    assert (status, out) == (1, "")
    assert err.startswith("error: ")
    assert told in err
    assert "Traceback" not in err
    assert "hunter2" not in err


def test_where_there_is_no_site_the_command_says_how_to_make_one(run: Run) -> None:
    status, _, err = run("migrate")
    assert status == 1
    assert "is no site: there is no marketry.toml. Make one with: marketry new-site" in err


@pytest.mark.parametrize("arguments", [("--site", "DIR", "hooks"), ("hooks", "--site", "DIR"), ("hooks", "--site=DIR")])
def test_the_site_may_stand_anywhere(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    write_site(tmp_path / "other", plugins=[])
    status, out, _ = run(*(argument.replace("DIR", str(tmp_path / "other")) for argument in arguments))
    assert status == 0
    assert "resolve_items" in out


def test_plugins_add_groups_of_commands(run: Run, tmp_path: Path) -> None:
    write_site(tmp_path / "site", plugins=["backoffice"])
    status, out, _ = run("staff", "--help")
    assert status == 0
    assert "create-admin" in out
    assert "staff" in run("--help")[1]
    assert run("nonsense")[0] == 2
