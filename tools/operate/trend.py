"""Tests whether a series grows without limit. Robust against outliers."""

from __future__ import annotations

from math import erf, sqrt
from statistics import median


def slope(times: list[float], values: list[float]) -> float:
    """Theil-Sen estimator: the median of the slopes between all pairs. Up to 29 percent of the readings
    may be outliers. 0 for fewer than two."""
    slopes = [
        (values[j] - values[i]) / (times[j] - times[i])
        for i in range(len(times))
        for j in range(i + 1, len(times))
        if times[j] > times[i]
    ]
    return median(slopes) if slopes else 0.0


def rises(values: list[float]) -> float:
    """Mann-Kendall test: the probability that readings without a trend would rise less than these. Near 1:
    they do rise."""
    count = len(values)
    if count < 4:
        return 0.0
    score = sum(
        (values[j] > values[i]) - (values[j] < values[i]) for i in range(count) for j in range(i + 1, count)
    )
    ties = {value: values.count(value) for value in set(values)}
    variance = (
        count * (count - 1) * (2 * count + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties.values())
    ) / 18
    if variance <= 0 or score <= 0:
        return 0.0
    return 0.5 * (1 + erf((score - 1) / sqrt(variance) / sqrt(2)))


def thinned(series: list, most: int = 240) -> list:
    """Every n-th reading, so that there are at most `most`: pairs grow with the square."""
    step = -(-len(series) // most) if series else 1
    return series[::step]
