"""python3 dev.py bench [pages|buying|hooks|stalls|life|machines|search|sign_ins]: all of them without a name. Each prints a table
and its ratios."""

import sys
from importlib import import_module

SUITES = ("pages", "buying", "hooks", "stalls", "life", "machines", "search", "sign_ins")


def main() -> int:
    names = sys.argv[1:] or list(SUITES)
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        print(f"no benchmark called {', '.join(unknown)}; there are {', '.join(SUITES)}")
        return 2
    for name in names:
        print(f"\n== {name} ==", flush=True)
        # Imported when it is its turn: sites of this process know the tables of all that was imported.
        import_module(f"benchmarks.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
