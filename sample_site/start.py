"""Run the sample shop: `python3 dev.py shop` calls this inside the project's environment.

The shop lives in a folder of its own (default `var/shop`): a copy of `marketry.toml`, templates and
translations, and its database and media under
`var/`. A second start finds all in place. MARKETRY_DATABASE_URL, MARKETRY_REDIS_URL and the like apply as for any site.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from sandbox import start_sandbox

HERE = Path(__file__).resolve().parent
OWNER = "owner@example.com"


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = read_arguments()
    folder = site_folder(options.data, options.fresh)
    os.environ["MARKETRY_SITE"] = str(folder)
    os.environ.setdefault("MARKETRY_BASE_URL", f"http://localhost:{options.port}")
    say("bringing the database up to date")
    marketry("migrate")
    fill_shop(folder)
    sandbox = start_sandbox(folder, os.environ["MARKETRY_BASE_URL"])
    try:
        buy_in_sandbox(folder)
        greet(marketry("staff", "create-admin", OWNER).strip())
        return serve([sys.executable, "-m", "marketry.cli", "run", "--port", str(options.port)])
    finally:
        for process in sandbox:
            process.terminate()


def greet(link: str) -> None:
    say(f"the shop: {os.environ['MARKETRY_BASE_URL']}  ·  in Chinese: {os.environ['MARKETRY_BASE_URL']}/zh/")
    say(f"staff sign-in for {OWNER}, once, within 15 minutes:\n{link}")
    say("mails are kept, not sent: /admin/outbox/mails shows them · Ctrl-C stops the shop")
    say("a sandbox takes cards and Alipay, no money moves: 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined")


def serve(command: list[str]) -> int:
    """Run the shop until it ends or is told to. Ctrl-C reaches the shop by itself."""
    shop = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda *_: shop.terminate())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return shop.wait()


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py shop", description="Run the sample shop.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=HERE.parent / "var" / "shop", help="the shop's folder")
    parser.add_argument("--fresh", action="store_true", help="throw the shop's data away first")
    return parser.parse_args()


def site_folder(folder: Path, fresh: bool) -> Path:
    """The shop's folder, made from the sample where it isn't there yet. `--fresh` removes only a folder made here."""
    mark = folder / ".marketry-sample"
    if fresh and mark.exists():
        say(f"throwing away {folder}")
        shutil.rmtree(folder)
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        sys.exit(f"{folder} holds something else; name an empty or new folder with --data")
    folder.mkdir(parents=True, exist_ok=True)
    mark.touch()
    if not (folder / "marketry.toml").exists():
        shutil.copy(HERE / "marketry.toml", folder)
    for own in ("templates", "locale", "static"):  # the shop's own words, always those of this version
        shutil.copytree(HERE / own, folder / own, dirs_exist_ok=True)
    return folder


def fill_shop(folder: Path) -> None:
    """The sample catalogue, by the real importer; quick when it is there already."""
    sys.path.insert(0, str(HERE))
    from fill import fill

    from marketry.runtime import boot

    say("filling the shop with its catalogue (quick when it is filled)")
    runtime = boot(folder)
    try:
        fill(runtime)
    finally:
        runtime.close()


def buy_in_sandbox(folder: Path) -> None:
    """Some orders paid by card; quick when they are there already."""
    from by_card import buy_by_card

    say("paying some orders by card in the sandbox (quick when they are there)")
    buy_by_card(folder)


def marketry(*arguments: str) -> str:
    """Run a command of Marketry; stop with its words when it fails."""
    done = subprocess.run([sys.executable, "-m", "marketry.cli", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"marketry {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def say(text: str) -> None:
    print(f"· {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
