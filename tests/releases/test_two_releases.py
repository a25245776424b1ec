"""Two releases serve one database side by side across an expand migration; a contract migration ends the older one."""

import os
from pathlib import Path

import httpx
from tests.conftest import StartSite
from tests.releases.guestbook import write_release

from marketry.testing.running import RunningSite
from marketry.testing.servers import free_port


def test_an_old_release_serves_beside_a_new_one_until_a_contract_migration(site: StartSite, tmp_path: Path) -> None:
    old = write_release(tmp_path / "r1", "1.0", migrations=1, mood=False)
    new = write_release(tmp_path / "r2", "1.1", migrations=2, mood=True)
    last = write_release(tmp_path / "r3", "2.0", migrations=3, mood=True)
    shop = site(plugins=("catalog",))
    shop.environment |= {"MARKETRY_PLUGINS": "catalog,guestbook"}
    shop.command("migrate", PYTHONPATH=path(old))
    shop.start(PYTHONPATH=path(old))

    shop.command("migrate", PYTHONPATH=path(new))
    second = another(shop, new)
    assert sign(shop.url, "from-old") == "1.0"
    assert sign(second, "from-new") == "1.1"
    third = another(shop, old)  # an old process that starts after the migration
    assert sign(third, "from-old-again") == "1.0"
    for address in (shop.url, second, third):
        assert httpx.get(f"{address}/guestbook").json() == ["from-old", "from-new", "from-old-again"]

    shop.command("migrate", PYTHONPATH=path(last))
    fourth = another(shop, last)
    assert httpx.get(f"{fourth}/guestbook").json() == ["from-old", "from-new", "from-old-again"]
    for asked in (("doctor",), ("run", "--port", str(free_port()))):
        refused = shop.command(*asked, check=False, PYTHONPATH=path(old))
        assert refused.returncode != 0
        said = " ".join((refused.stdout + refused.stderr).split())
        assert "guestbook 1.0 is too old for this database, which needs 2.0" in said


def path(release: Path) -> str:
    return os.pathsep.join([str(release), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep)


def another(shop: RunningSite, release: Path) -> str:
    """One more web process of `release` on the same site; its address."""
    port = free_port()
    shop.spawn("run", "--port", str(port), PYTHONPATH=path(release), MARKETRY_BASE_URL=f"http://127.0.0.1:{port}")
    shop.wait(f"http://127.0.0.1:{port}")
    return f"http://127.0.0.1:{port}"


def sign(address: str, words: str) -> str:
    answer = httpx.get(f"{address}/guestbook/sign/{words}")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["release"])
