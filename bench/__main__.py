"""``make bench``: the checkout's speed, tiers for everyone, a day's birthdays, warranties.

Each starts a PostgreSQL of its own, fills it and prints a table. ``--write`` puts the
tables into docs/benchmarks.md.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

from bench import checkout, occasions, page, tiers, warranties

BENCHES: dict[str, Callable[[argparse.Namespace, Path], str]] = {
    "checkout": checkout.run,
    "tiers": tiers.run,
    "occasions": occasions.run,
    "warranties": warranties.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    kept = nullcontext(options.var) if options.var else tempfile.TemporaryDirectory()
    with kept as folder:
        var = Path(folder).resolve()
        var.mkdir(parents=True, exist_ok=True)
        for name in options.benches or BENCHES:
            shown = BENCHES[name](options, var)
            print(f"\n{shown}", flush=True)
            if options.write:
                page.write(name, shown)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("benches", nargs="*", metavar="BENCH", help=f"of {', '.join(BENCHES)}")
    parser.add_argument("--var", help="keep the databases here, for the next run")
    parser.add_argument("--quick", action="store_true", help="small data, two rounds")
    parser.add_argument("--rounds", type=int, help="of the checkout's workloads")
    parser.add_argument("--seconds", type=float, default=2.5, help="length of a window")
    parser.add_argument(
        "--units", type=int, default=200_000, help="of the warranties; the aim is 1000000"
    )
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args(arguments)
    for name in options.benches:
        if name not in BENCHES:
            parser.error(f"{name}: choose from {', '.join(BENCHES)}")
    if options.rounds is None:
        options.rounds = 2 if options.quick else 5
    return options


if __name__ == "__main__":
    raise SystemExit(main())
