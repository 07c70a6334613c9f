"""The bench's results as Markdown: medians over rounds, ranges, ratios of paired rounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.servers import Sample

# (workload, data set) → one sample for each round, in the order of the rounds
Samples = dict[tuple[str, str], list[Sample]]


@dataclass(frozen=True)
class Ratio:
    """A target of the project: the median of paired rounds on one side of a bound."""

    what: str
    values: Sequence[float]
    least: float | None = None
    most: float | None = None

    def row(self) -> str:
        middle = median(self.values)
        met = (self.least is None or middle >= self.least) and (
            self.most is None or middle <= self.most
        )
        extent = f"{min(self.values):.2f}–{max(self.values):.2f}"
        if self.least is None and self.most is None:
            return f"| {self.what} | {middle:.2f} ({extent}) | none | |"
        target = f"≥ {self.least:.2f}" if self.least is not None else f"≤ {self.most:.2f}"
        return (
            f"| {self.what} | {middle:.2f} ({extent}) | {target} | {'met' if met else 'missed'} |"
        )


def table(samples: Samples, sizes: dict[str, str]) -> str:
    """Return one line for each workload and data set."""
    lines = [
        "| | data | per second (range) | p50 ms | p95 ms | p99 ms | app µs | PostgreSQL µs |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for (name, size), rounds in samples.items():
        rates = [sample.per_second for sample in rounds]
        p50, p95, p99 = (
            median(_percentile(sample, part) for sample in rounds) for part in (0.5, 0.95, 0.99)
        )
        app = median(sample.app_cpu for sample in rounds)
        postgres = median(sample.postgres_cpu for sample in rounds)
        lines.append(
            f"| {name} | {sizes[size]} |"
            f" {median(rates):,.0f} ({min(rates):,.0f}–{max(rates):,.0f}) |"
            f" {p50:.1f} | {p95:.1f} | {p99:.1f} | {app:,.0f} | {postgres:,.0f} |"
        )
    return "\n".join(lines)


def ratios(samples: Samples, names: Sequence[str], *, programme: str) -> str:
    """Return the project's targets.

    The last of ``names`` is the larger data set of points alone; ``programme`` has as
    many members as the first of them.
    """
    rows = [
        Ratio(
            f"{name} with a programme ÷ with points alone",
            _paired(
                samples[name, programme], samples[name, names[0]], lambda sample: sample.per_second
            ),
            least=least,
        )
        for name, least in (("checkout", 0.60), ("preview", None), ("refund", None))
    ]
    for size in names:
        checkout, preview = samples["checkout", size], samples["preview", size]
        ceiling = samples["ceiling", size]
        rows += [
            Ratio(
                f"checkout ÷ ceiling, {size}",
                _paired(checkout, ceiling, lambda sample: sample.per_second),
                least=0.30,
            ),
            Ratio(
                f"preview ÷ checkout, {size}",
                _paired(preview, checkout, lambda sample: sample.per_second),
                least=1.50,
            ),
        ]
    if len(names) > 1:
        for name in ("checkout", "preview", "balance"):
            small, large = samples[name, names[0]], samples[name, names[-1]]
            rows.append(
                Ratio(f"{name}: CPU, large ÷ small", _paired(large, small, _cpu), most=1.15)
            )
            rows.append(
                Ratio(
                    f"{name}: time per request, large ÷ small",
                    _paired(small, large, lambda sample: sample.per_second),
                    most=1.15,
                )
            )
    lines = ["| | median (range) | target | |", "|---|--:|--:|---|"]
    return "\n".join(lines + [row.row() for row in rows])


def failures(samples: Samples) -> str:
    """Return what was answered with an error, by workload."""
    seen: dict[str, int] = {}
    for (name, size), rounds in samples.items():
        for sample in rounds:
            for words, count in sample.failures.items():
                seen[f"{name}, {size}: {words}"] = seen.get(f"{name}, {size}: {words}", 0) + count
    if not seen:
        return "No request failed."
    return "Failed: " + "; ".join(f"{count} × {what}" for what, count in seen.items())


def _cpu(sample: Sample) -> float:
    return sample.app_cpu + sample.postgres_cpu


def _paired(
    over: Sequence[Sample], under: Sequence[Sample], of: Callable[[Sample], float]
) -> list[float]:
    return [of(a) / of(b) for a, b in zip(over, under, strict=True) if of(b)]


def _percentile(sample: Sample, part: float) -> float:
    ranked = sorted(sample.microseconds)
    return ranked[min(int(part * len(ranked)), len(ranked) - 1)] / 1000 if ranked else 0.0
