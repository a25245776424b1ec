#!/usr/bin/env python3
"""Marketry for developers: the only thing a fresh machine needs is Python 3.11 or newer.

python3 dev.py shop [--port 8000] [--data DIR] [--fresh]   run the sample shop
python3 dev.py test [--all] [pytest arguments]              run the tests (--all: the heavy ones too)
python3 dev.py check                                        lint, types, import rules, templates, docs, lock
python3 dev.py bench [NAME]                                 measure
python3 dev.py docs                                         build the generated pages of docs/
python3 dev.py gallery [--theme noir] [--only PAGES]        screenshots of every page of the shop into docs/gallery/
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
TOOLS = ROOT / ".cache" / "tools"
PACKAGES = [
    "marketry",
    "marketry_catalog",
    "marketry_orders",
    "marketry_payments_manual",
    "marketry_shipping",
    "marketry_backoffice",
    "marketry_users",
    "marketry_pages",
    "marketry_wishlist",
    "marketry_backinstock",
    "marketry_discovery",
    "marketry_payments_stripe",
    "marketry_payments_alipay",
    "marketry_gateways",
    "marketry_theme_atelier",
    "marketry_theme_noir",
    "marketry_giftnote",
    "marketry_coinbox",
]
REGISTRIES = ("https://pypi.org/simple", "https://files.pythonhosted.org/")


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def uv() -> str:
    """uv from PATH, or brought into a private environment under .cache/."""
    if found := shutil.which("uv"):
        return found
    private = TOOLS / ("Scripts" if os.name == "nt" else "bin") / "uv"
    if not private.exists():
        say("bringing uv, the package installer, into .cache/tools (once)")
        subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=True)
        subprocess.run([str(private.with_name("python")), "-m", "pip", "install", "--quiet", "uv>=0.9"], check=True)
    return str(private)


def prepare() -> None:
    """The environment of the committed lock in .venv; a second start finds it in place."""
    say("installing what uv.lock says into .venv (quick when nothing changed)")
    command = [uv(), "sync", "--frozen", "--quiet", "--all-packages", "--compile-bytecode"]
    subprocess.run(command, cwd=ROOT, check=True)


def run(*command: str, **environment: str) -> int:
    """Run a command of the environment in the project's folder; returns its exit status."""
    binaries = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    path = f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"
    # Compiled modules are kept, whatever the machine says: otherwise every process compiles all it imports.
    compiled = {"PYTHONDONTWRITEBYTECODE": ""}
    full = {**os.environ, "PATH": path, "VIRTUAL_ENV": str(ROOT / ".venv"), **compiled, **environment}
    program = shutil.which(command[0], path=path) or command[0]
    return subprocess.run([program, *command[1:]], cwd=ROOT, env=full, check=False).returncode


def shop(arguments: list[str]) -> int:
    prepare()
    return run("python", "sample_site/start.py", *arguments)


def test(arguments: list[str]) -> int:
    prepare()
    heavy = "--all" in arguments
    rest = [a for a in arguments if a != "--all"]
    say("running the tests" + (", the heavy ones included" if heavy else "; races, faults and load at full size: --all"))
    chosen = [] if heavy else ["-m", "not heavy"]
    examples = {"HYPOTHESIS_PROFILE": "searching" if heavy else "repeatable"}
    return run("python", "-m", "pytest", *chosen, *side_by_side(rest), *rest, **examples)


def side_by_side(arguments: list[str]) -> list[str]:
    """A process per core, each with servers of its own; files stay whole and in the order of `testpaths`, the longest first. One
    alone where a debugger or `-n` is asked for."""
    alone = any(a == "--pdb" or a.startswith("-n") for a in arguments)
    return [] if alone else ["-n", str(min(os.cpu_count() or 2, 4)), "--dist", "loadfile", "--no-loadscope-reorder"]


def check(_: list[str]) -> int:
    prepare()
    steps: list[tuple[str, list[str]]] = [
        ("ruff: lint", ["ruff", "check", "."]),
        ("ruff: format", ["ruff", "format", "--check", "."]),
        ("mypy: strict types", ["mypy", *(part for p in PACKAGES for part in ("-p", p))]),
        ("import-linter: who may import whom", ["lint-imports"]),
        ("djlint: templates", ["djlint", "--lint", "--quiet", "kernel", "plugins", "gateways", "themes", "examples"]),
        ("docs: generated pages are current, links lead somewhere", ["python", "docs/build.py", "--check"]),
    ]
    failed = [title for title, command in steps if _step(title, command)]
    failed += [] if lock_is_clean() else ["lock"]
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def _step(title: str, command: list[str]) -> int:
    say(title)
    return run(*command)


def lock_is_clean() -> bool:
    """The lock fits pyproject.toml, and names the public registry alone."""
    say("lock: fits, and names the public registry alone")
    words = (ROOT / "uv.lock").read_text().split('"')
    strangers = {w for w in words if w.startswith(("http://", "https://")) and not w.startswith(REGISTRIES)}
    for stranger in sorted(strangers):
        print(f"uv.lock names {stranger}: lock again with the default index")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("UV_INDEX", "UV_DEFAULT_INDEX"))}
    fits = subprocess.run([uv(), "lock", "--check", "--quiet"], cwd=ROOT, env=clean, check=False).returncode == 0
    return fits and not strangers


def bench(arguments: list[str]) -> int:
    prepare()
    return run("python", "-m", "benchmarks", *arguments)


def docs(_: list[str]) -> int:
    prepare()
    return run("python", "docs/build.py")


def gallery(arguments: list[str]) -> int:
    prepare()
    return run("python", "docs/gallery.py", *arguments)


def main() -> int:
    commands = {"shop": shop, "test": test, "check": check, "bench": bench, "docs": docs, "gallery": gallery}
    if sys.version_info < (3, 11):
        print(f"Marketry needs Python 3.11 or newer; this is {sys.version.split()[0]}")
        return 1
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        print(__doc__)
        return 0 if sys.argv[1:] in ([], ["--help"], ["-h"]) else 2
    try:
        return commands[sys.argv[1]](sys.argv[2:])
    except subprocess.CalledProcessError as error:
        print(f"stopped: {' '.join(map(str, error.cmd))} ended with status {error.returncode}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
