"""Build the generated pages of the docs, or (`--check`) say which are out of date and which links lead nowhere."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
GENERATED = {"reference/hooks.md": "marketry.cli.hook_reference"}
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def generate(target: Path, module: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", module, str(target)], check=True)


def outdated() -> list[str]:
    """Generated pages that differ from what the code says now."""
    complaints = []
    with tempfile.TemporaryDirectory() as folder:
        for page, module in GENERATED.items():
            fresh = Path(folder) / page
            generate(fresh, module)
            committed = DOCS / page
            if not committed.exists() or committed.read_text() != fresh.read_text():
                complaints.append(f"docs/{page} is out of date: python3 dev.py docs")
    return complaints


def dead_links() -> list[str]:
    """Relative links in Markdown files of the project that lead to no file."""
    pages = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    return [
        f"{page.relative_to(ROOT)} links to {link}, which isn't there"
        for page in pages
        for link in LINK.findall(page.read_text())
        if not (page.parent / link).exists()
    ]


def main() -> int:
    if "--check" not in sys.argv:
        for page, module in GENERATED.items():
            generate(DOCS / page, module)
        return 0
    complaints = outdated() + dead_links()
    print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
