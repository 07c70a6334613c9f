"""docs/benchmarks.md: what a bench printed stands between its marks."""

from bench.seed import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"


def write(bench: str, shown: str) -> None:
    """Put the result of a bench between its marks."""
    begin, end = f"<!-- bench {bench}: begin -->", f"<!-- bench {bench}: end -->"
    page = PAGE.read_text(encoding="utf-8")
    head, found, rest = page.partition(begin)
    _, ended, tail = rest.partition(end)
    if not (found and ended):
        raise SystemExit(f"{PAGE} has no place for {bench}: it needs {begin} and {end}.")
    PAGE.write_text(f"{head}{begin}\n\n{shown}\n\n{end}{tail}", encoding="utf-8")
    print(f"\nWritten to {PAGE}.")
