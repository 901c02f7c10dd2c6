"""Is the candidate slower than the baseline? A verdict from paired runs on a noisy machine.

Both run in turn, in the order A B B A A B B A …, so that drift (temperature, other work) affects both
equally. Each pair of neighbours gives one ratio, candidate over baseline, of a figure where less is
better. The verdict is on the median of the ratios: a disturbed run is one outlier and moves it
little. The spread is the interval between two order statistics that contains the true median with
the requested confidence for any distribution of the noise (the number of ratios below the true
median is binomial with p = 1/2).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import comb
from statistics import median

SLOWER = "slower"
NOT_SLOWER = "not slower"
UNCLEAR = "unclear"
SURE = 0.99


@dataclass(frozen=True)
class Spread:
    """The median of the ratios and the interval that contains the true one. `confidence` is the actual
    confidence of the interval; with few ratios it can be lower than requested."""

    median: float
    low: float
    high: float
    confidence: float
    pairs: int

    def as_dict(self) -> dict:
        return asdict(self)


def spread_of(ratios: list[float], confidence: float = 0.95) -> Spread:
    """The narrowest symmetric pair of order statistics with at least that confidence, or the widest
    possible. Raises ValueError for no ratios or one that is not positive."""
    if not ratios:
        raise ValueError("no ratios to judge")
    if any(not ratio > 0 for ratio in ratios):
        raise ValueError("a ratio is not positive")
    ordered = sorted(ratios)
    count = len(ordered)
    outside, best = 0.0, 0
    for rank in range((count + 1) // 2):
        outside += comb(count, rank) / 2**count
        if 1 - 2 * outside < confidence:
            break
        best = rank
    tail = sum(comb(count, rank) for rank in range(best + 1)) / 2**count
    return Spread(
        median=median(ordered),
        low=ordered[best],
        high=ordered[count - 1 - best],
        confidence=max(0.0, 1 - 2 * tail),
        pairs=count,
    )


def judge(ratios: list[float], limit: float) -> str:
    """`limit` is the share by which the candidate may be slower: 0.05 is five percent.

    Slower: the median exceeds the limit, and the whole interval is above "equal", with 99 percent
    confidence (at least eight pairs): the test is repeated after each pair, and an interval with an error
    rate of one in thirty would reject an equal candidate too often. Not slower: the median is within the
    limit, and the interval excludes twice the limit, so that a slowdown of that size cannot be hidden by
    noise. Anything else is unclear: more pairs are needed.
    """
    spread, sure = spread_of(ratios), spread_of(ratios, SURE)
    if spread.median > 1 + limit and sure.low > 1 and sure.confidence >= SURE:
        return SLOWER
    if spread.median <= 1 + limit and spread.high < 1 + 2 * limit:
        return NOT_SLOWER
    return UNCLEAR


def surely_slower(ratios: list[float], limit: float) -> bool:
    """For measures too noisy for a clear verdict: only statistically certain differences count."""
    sure = spread_of(ratios, SURE)
    return sure.low > 1 + limit and sure.confidence >= SURE


def order_of_runs(pairs: int) -> list[str]:
    """"A" baseline, "B" candidate: ABBAABBA…, two runs per pair."""
    return [side for pair in range(pairs) for side in ("AB" if pair % 2 == 0 else "BA")]


def ratios_of(baseline: list[float], candidate: list[float]) -> list[float]:
    """Ratios of the n-th runs of both, which were neighbours."""
    return [b / a for a, b in zip(baseline, candidate, strict=True)]
