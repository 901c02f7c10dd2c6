"""Parses viz-api's Prometheus text format, as far as needed to compare two scrapes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")


class MetricsError(ValueError):
    """A line is not in the format."""


@dataclass(frozen=True)
class Sample:
    labels: dict
    value: float


@dataclass
class Scrape:
    """All samples by name. A missing series counts as empty, never as an error: an older release
    may lack a series."""

    samples: dict = field(default_factory=dict)

    def only(self, names: set) -> Scrape:
        """Only these series, for long-term storage."""
        return Scrape({name: found for name, found in self.samples.items() if name in names})

    def has(self, name: str) -> bool:
        return name in self.samples

    def each(self, name: str, **labels: str) -> list[Sample]:
        return [
            sample
            for sample in self.samples.get(name, [])
            if all(sample.labels.get(key) == value for key, value in labels.items())
        ]

    def total(self, name: str, **labels: str) -> float:
        return sum(sample.value for sample in self.each(name, **labels))

    def value(self, name: str, **labels: str) -> float | None:
        found = self.each(name, **labels)
        return found[0].value if found else None

    def buckets(self, name: str) -> dict[float, float]:
        """Upper limit -> cumulative count, over all label sets."""
        counts: dict[float, float] = {}
        for sample in self.samples.get(f"{name}_bucket", []):
            bound = float(sample.labels["le"])
            counts[bound] = counts.get(bound, 0.0) + sample.value
        return counts


def parse(text: str) -> Scrape:
    scrape = Scrape()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _SAMPLE.match(line)
        if not found:
            raise MetricsError(f"metrics line {number} is not a sample: {line[:80]}")
        name, labels, value = found.groups()
        try:
            number_of = float(value)
        except ValueError:
            raise MetricsError(f"metrics line {number}: {value[:40]} is not a number") from None
        scrape.samples.setdefault(name, []).append(Sample(_labels(labels or ""), number_of))
    return scrape


def _labels(text: str) -> dict:
    return {
        name: _ESCAPED.sub(lambda m: "\n" if m[1] == "n" else m[1], value)
        for name, value in _LABEL.findall(text)
    }


def quantile(before: dict[float, float], after: dict[float, float], share: float) -> float | None:
    """The quantile of the observations between two scrapes of one histogram, linear within its bucket like
    Prometheus' histogram_quantile. Within the last bucket: its lower limit. None without
    observations."""
    bounds = sorted(after)
    counts = [after[bound] - before.get(bound, 0.0) for bound in bounds]
    if not counts or counts[-1] <= 0:
        return None
    wanted = share * counts[-1]
    lower, below = 0.0, 0.0
    for bound, count in zip(bounds, counts):
        if count >= wanted and count > below:
            if bound == float("inf"):
                return lower
            return lower + (bound - lower) * (wanted - below) / (count - below)
        lower, below = bound, count
    return lower
