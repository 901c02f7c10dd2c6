"""Is the candidate slower than the baseline? A verdict from paired runs on a noisy machine.

Both run in turn, in the order A B B A A B B A …, so that what drifts (temperature, other work)
touches both alike. Each pair of neighbours gives one ratio, candidate over baseline, of something
where less is better. The verdict is on the median of the ratios: a run that was disturbed is one
ratio far off and moves it little. The spread is the interval between two order statistics that
holds the true median with the asked confidence whatever the noise is distributed like (the number
of ratios below the true median is binomial with p = 1/2).
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
    """Median of ratios and the interval that holds the true one. `confidence` is what the
    interval really has; with few ratios less than was asked for can be had."""

    median: float
    low: float
    high: float
    confidence: float
    pairs: int

    def as_dict(self) -> dict:
        return asdict(self)


def spread_of(ratios: list[float], confidence: float = 0.95) -> Spread:
    """The narrowest symmetric pair of order statistics with at least that confidence, or the
    widest there is. Raises ValueError for no ratios or one that is not positive."""
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

    Slower: the median is over the limit, and the whole interval is above "equal", with 99 percent
    confidence (eight pairs at least): the question is asked again after each pair, and an interval
    that is wrong one time in thirty would accuse an equal one too often. Not slower: the median is
    within the limit, and the interval excludes twice the limit, so that a slowdown of that size cannot
    hide in the noise. Anything else is unclear: more pairs are needed.
    """
    spread, sure = spread_of(ratios), spread_of(ratios, SURE)
    if spread.median > 1 + limit and sure.low > 1 and sure.confidence >= SURE:
        return SLOWER
    if spread.median <= 1 + limit and spread.high < 1 + 2 * limit:
        return NOT_SLOWER
    return UNCLEAR


def surely_slower(ratios: list[float], limit: float) -> bool:
    """For measures too noisy to demand a clear verdict of: only what is beyond doubt counts."""
    sure = spread_of(ratios, SURE)
    return sure.low > 1 + limit and sure.confidence >= SURE


def order_of_runs(pairs: int) -> list[str]:
    """"A" baseline, "B" candidate: ABBAABBA…, two runs a pair."""
    return [side for pair in range(pairs) for side in ("AB" if pair % 2 == 0 else "BA")]


def ratios_of(baseline: list[float], candidate: list[float]) -> list[float]:
    """The n-th run of one over the n-th of the other: they were neighbours."""
    return [b / a for a, b in zip(baseline, candidate, strict=True)]
