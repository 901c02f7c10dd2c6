"""Does a series grow without bound? Robust against single odd readings."""

from __future__ import annotations

from math import erf, sqrt
from statistics import median


def slope(times: list[float], values: list[float]) -> float:
    """Theil and Sen: the median of the slopes between all pairs. Up to 29 percent of the readings
    may be anything. 0 for fewer than two."""
    slopes = [
        (values[j] - values[i]) / (times[j] - times[i])
        for i in range(len(times))
        for j in range(i + 1, len(times))
        if times[j] > times[i]
    ]
    return median(slopes) if slopes else 0.0


def rises(values: list[float]) -> float:
    """Mann and Kendall: the chance that readings without any trend would seem to rise less than
    these do. Near 1: they do rise."""
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
    """Every n-th, so that there are no more than `most`: pairs grow with the square."""
    step = -(-len(series) // most) if series else 1
    return series[::step]
