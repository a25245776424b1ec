"""Each member of the workspace is a real package: its wheel holds what it needs, and a site runs from the wheels it requires."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from marketry.testing import servers

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = (found for part in ("kernel", "plugins/*", "themes/*", "examples/*") for found in ROOT.glob(f"{part}/pyproject.toml"))
MEMBERS = sorted(str(found.parent.relative_to(ROOT)) for found in PROJECTS)
READ = (tomllib.loads((ROOT / member / "pyproject.toml").read_text())["project"] for member in MEMBERS)
PROJECT = {project["name"].replace("-", "_"): project for project in READ}
PLUGINS = {name for name, project in PROJECT.items() if "marketry.plugins" in project.get("entry-points", {})}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A wheel per member, built as for publishing."""
    out = tmp_path_factory.mktemp("wheels")
    uv = shutil.which("uv") or str(ROOT / ".cache/tools/bin/uv")
    for member in MEMBERS:
        subprocess.run([uv, "build", "--wheel", "--quiet", "--out-dir", str(out), member], cwd=ROOT, check=True)
    return {path.name.split("-")[0]: path for path in out.glob("*.whl")}


def test_every_member_makes_a_wheel(wheels: dict[str, Path]) -> None:
    assert len(wheels) == len(MEMBERS)


@pytest.mark.parametrize("member", MEMBERS)
def test_a_wheel_holds_every_file_of_its_package(wheels: dict[str, Path], member: str) -> None:
    """Templates, static files, migrations and translations included."""
    project = tomllib.loads((ROOT / member / "pyproject.toml").read_text())["project"]
    source = next((ROOT / member / "src").iterdir())
    wanted = {
        f"{source.name}/{path.relative_to(source)}"
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = set(zipfile.ZipFile(wheels[project["name"].replace("-", "_")]).namelist())
    assert wanted - packed == set()


@dataclass(frozen=True)
class Bare:
    """An environment that has third-party packages and no wheel of ours; each site chooses from the unpacked ones."""

    python: Path
    unpacked: Path


@pytest.fixture(scope="module")
def bare(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Bare:
    folder, unpacked = tmp_path_factory.mktemp("environment"), tmp_path_factory.mktemp("unpacked")
    venv.create(folder, with_pip=False, symlinks=True)
    outside = [path for path in sys.path if path.endswith("site-packages")]
    (next(folder.glob("lib/python*/site-packages")) / "outside.pth").write_text("\n".join(outside) + "\n")
    for name, wheel in wheels.items():
        zipfile.ZipFile(wheel).extractall(unpacked / name)
    return Bare(folder / "bin" / "python", unpacked)


def required(package: str) -> set[str]:
    """`package` and every package of ours that its pyproject.toml asks for, directly or not."""
    asked = [
        requirement.partition(">")[0].partition("[")[0].replace("-", "_") for requirement in PROJECT[package]["dependencies"]
    ]
    return {package}.union(*(required(name) for name in asked if name in PROJECT))


# What a site of one plugin (or theme) and of what that requires is asked for.
ALONE = {
    "marketry_catalog": "/",
    "marketry_users": "/account/sign-in",
    "marketry_pages": "/journal",
    "marketry_wishlist": "/wishlist",
    "marketry_backinstock": "/sitemap.xml",
    "marketry_discovery": "/recently-seen",
    "marketry_theme_noir": "/sitemap.xml",
}


@pytest.mark.parametrize("package", ALONE)
def test_a_site_runs_from_the_wheels_of_what_is_required_alone(bare: Bare, package: str, tmp_path: Path) -> None:
    ours = required(package)
    port = servers.free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MARKETRY_")}
    environment |= {
        "MARKETRY_BASE_URL": f"http://127.0.0.1:{port}",
        "PYTHONPATH": os.pathsep.join(str(bare.unpacked / name) for name in sorted(ours)),
        "MARKETRY_PLUGINS": ",".join(sorted(n.removeprefix("marketry_") for n in ours if n in PLUGINS)),
        "MARKETRY_THEME": "noir" if package == "marketry_theme_noir" else "",
    }
    shop = tmp_path / "shop"
    command = [str(bare.python), "-m", "marketry.cli"]
    subprocess.run([*command, "new-site", str(shop)], env=environment, check=True, cwd=tmp_path)
    listing = "import marketry, pkgutil; print(marketry.__file__, *(m.name for m in pkgutil.iter_modules()))"
    where, *modules = subprocess.check_output([str(bare.python), "-c", listing], text=True, env=environment).split()
    assert where.startswith(str(bare.unpacked))
    assert {name for name in modules if name.startswith("marketry")} == ours
    process = subprocess.Popen([*command, "run", "--site", str(shop), "--port", str(port)], env=environment)
    try:
        servers.wait_for_port(port, 30)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            assert client.get("/readyz").status_code == 200
            assert client.get(ALONE[package]).status_code == 200
        states = json.loads(subprocess.check_output([*command, "plugin", "list", "--json", "--site", str(shop)], env=environment))
        assert {one["id"] for one in states if one["state"] == "enabled"} == set(environment["MARKETRY_PLUGINS"].split(",")) - {
            ""
        }
    finally:
        process.terminate()
        process.wait(20)
