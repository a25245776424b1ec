"""python3 dev.py bench [pages|buying|hooks|stalls|life|machines|search|sign_ins]: all of them without a name. Each prints a table
and its ratios."""

import sys

from benchmarks import buying, hooks, life, machines, pages, search, sign_ins, stalls

SUITES = {
    "pages": pages.run,
    "buying": buying.run,
    "hooks": hooks.run,
    "stalls": stalls.run,
    "life": life.run,
    "machines": machines.run,
    "search": search.run,
    "sign_ins": sign_ins.run,
}


def main() -> int:
    names = sys.argv[1:] or list(SUITES)
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        print(f"no benchmark called {', '.join(unknown)}; there are {', '.join(SUITES)}")
        return 2
    for name in names:
        print(f"\n== {name} ==", flush=True)
        SUITES[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
