"""Each member of the workspace is a real package: its wheel holds what it needs, and a site runs from wheels alone."""

import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

from marketry.testing import servers

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = (found for part in ("kernel", "plugins/*", "themes/*", "examples/*") for found in ROOT.glob(f"{part}/pyproject.toml"))
MEMBERS = sorted(str(found.parent.relative_to(ROOT)) for found in PROJECTS)


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


@pytest.fixture(scope="module")
def python(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheels of kernel and catalog; third-party packages come from this environment."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    site_packages = next(folder.glob("lib/python*/site-packages"))
    for name in ("marketry", "marketry_catalog"):
        zipfile.ZipFile(wheels[name]).extractall(site_packages)
    outside = [p for p in sys.path if p.endswith("site-packages")]
    (site_packages / "outside.pth").write_text("\n".join(outside) + "\n")
    return folder / "bin" / "python"


def test_a_site_runs_from_the_wheels_of_kernel_and_catalog(python: Path, tmp_path: Path) -> None:
    port = servers.free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MARKETRY_")}
    environment["MARKETRY_BASE_URL"] = f"http://127.0.0.1:{port}"
    shop = tmp_path / "shop"
    command = [str(python), "-m", "marketry.cli"]
    subprocess.run([*command, "new-site", str(shop)], env=environment, check=True, cwd=tmp_path)
    where = subprocess.check_output([str(python), "-c", "import marketry; print(marketry.__file__)"], text=True)
    assert str(python.parent.parent) in where
    environment["MARKETRY_PLUGINS"] = "catalog"
    process = subprocess.Popen([*command, "run", "--site", str(shop), "--port", str(port)], env=environment)
    try:
        servers.wait_for_port(port, 30)
        assert httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=20).status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/", timeout=20).status_code == 200
    finally:
        process.terminate()
        process.wait(20)
