"""The checks of a canary. Observations in, findings out; no clock, no network."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import trend
from .metrics_text import Scrape, quantile

VISIBLE = "viz_api_ingest_to_visible_seconds"
MIB = 1 << 20
WATCHED = {
    f"{VISIBLE}_bucket", f"{VISIBLE}_count", "viz_api_ingest_drops_total", "viz_api_storage_lost_total",
    "viz_api_http_requests_total", "viz_api_ingest_decode_total", "viz_api_ingest_decode_fail_total",
    "viz_api_component_failures_total", "viz_api_process_start_time_seconds",
    "viz_api_process_resident_memory_bytes",
}  # the series used; the others of a scrape are discarded
STORAGE_DROPS = ("storage_queue_full", "storage_queue_closed")
LEAST_TO_JUDGE = 50  # below this many observations a percentile or a rate is not meaningful
LEAST_FOR_P99 = 1000  # so that one delay of a node over ten transactions does not decide the percentile
LEAST_SLOW = 3  # intervals between polls: one stall of the machine does not mean a slower release
LEAST_READINGS = 8  # below this many no trend can be determined


@dataclass(frozen=True)
class Limits:
    budget_p99_ms: float = 500.0  # ingest to visible; the contract's alert for lag
    slower_than_baseline: float = 2.0  # times the baseline's p50 and p99, beyond slack_ms
    slack_ms: float = 5.0
    snapshot_ms: float = 1000.0
    errors_above_baseline: float = 0.001  # share of requests answered 5xx, above the baseline's
    subscribed_share: float = 0.99
    coverage: float = 0.9  # of what the baseline decoded meanwhile
    decode_failures: float = 0.01
    memory_from_s: float = 0.0  # caches fill before this: half of the watch
    fill_transactions: int = 50_000  # a process keeps this many (http/read_model.hpp) and grows until then
    fill_kib: float = 16.0  # maximum growth for each (measured: 9)
    memory_mib_per_hour: float = 64.0  # beyond the growth of caches
    memory_floor_mib: float = 16.0  # smaller growth is never a finding
    memory_mib: float = 0.0  # 0: no absolute bound
    expect_traffic: bool = True


@dataclass
class Observation:
    """One poll. Routes that did not answer are None."""

    at: float  # seconds, monotonic
    ready: int | None = None  # HTTP status
    health: dict | None = None
    health_status: int | None = None
    scrape: Scrape | None = None
    chains: list | None = None
    snapshot_status: int | None = None
    snapshot_ms: float | None = None
    latest_seq_id: int | None = None
    trouble: str = ""  # why a route did not answer

    @property
    def answered(self) -> bool:
        return None not in (self.ready, self.health, self.scrape, self.chains, self.snapshot_status)


@dataclass
class Watched:
    """The observations of one service so far."""

    polls: list = field(default_factory=list)

    def add(self, observation: Observation) -> None:
        self.polls.append(observation)

    @property
    def answered(self) -> list:
        return [poll for poll in self.polls if poll.answered]

    def growth(self, name: str, **labels: str) -> float:
        """Growth of a counter since the first scrape. After a restart the counter starts at 0 again: then
        its whole value is growth."""
        total, before = 0.0, None
        for poll in self.answered:
            now = poll.scrape.total(name, **labels)
            if before is not None:
                total += now - before if now >= before else now
            before = now
        return total

    def errors(self) -> tuple[float, float]:
        """Requests answered 5xx, and all requests, in the window."""
        scrapes = [poll.scrape for poll in self.answered]
        if len(scrapes) < 2:
            return 0.0, 0.0
        counts = []
        for scrape in (scrapes[0], scrapes[-1]):
            every = scrape.each("viz_api_http_requests_total")
            bad = sum(one.value for one in every if one.labels.get("code", "").startswith("5"))
            counts.append((bad, sum(one.value for one in every)))
        return counts[1][0] - counts[0][0], counts[1][1] - counts[0][1]

    def visible_ms(self, share: float) -> float | None:
        scrapes = [poll.scrape for poll in self.answered]
        if len(scrapes) < 2:
            return None
        found = quantile(scrapes[0].buckets(VISIBLE), scrapes[-1].buckets(VISIBLE), share)
        return None if found is None else found * 1e3

    def slow_intervals(self, share: float, limit_ms: float) -> int:
        """In how many intervals between polls the quantile exceeded the limit."""
        buckets = [poll.scrape.buckets(VISIBLE) for poll in self.answered]
        found = [quantile(a, b, share) for a, b in zip(buckets, buckets[1:])]
        return sum(one is not None and one * 1e3 > limit_ms for one in found)

    def visible_count(self) -> float:
        return self.growth(f"{VISIBLE}_count")

    def memory(self) -> list:
        """(seconds, bytes) of each poll with a memory figure."""
        pairs = [(poll.at, poll.scrape.value("viz_api_process_resident_memory_bytes")) for poll in self.answered]
        return [(at, value) for at, value in pairs if value]

    def figures(self) -> dict:
        """The summary of a watch, also used as the baseline of a later one."""
        bad, requests = self.errors()
        memory = self.memory()
        return {
            "polls": len(self.polls),
            "seconds": round(self.polls[-1].at - self.polls[0].at, 1) if self.polls else 0.0,
            "decoded": self.growth("viz_api_ingest_decode_total"),
            "requests": requests,
            "share_5xx": bad / requests if requests > 0 else 0.0,
            "visible_count": self.visible_count(),
            "visible_p50_ms": self.visible_ms(0.50),
            "visible_p99_ms": self.visible_ms(0.99),
            "memory_mib": round(memory[-1][1] / MIB, 1) if memory else None,
        }


@dataclass(frozen=True)
class Finding:
    check: str
    ok: bool
    detail: str

    def as_dict(self) -> dict:
        return {"check": self.check, "ok": self.ok, "detail": self.detail}


class Judge:
    """`baseline` is figures() of the other service or of an earlier watch; `other` its live
    observations, if any."""

    def __init__(self, limits: Limits):
        self._limits = limits

    def findings(self, watched: Watched, baseline: dict | None = None, other: Watched | None = None,
                 over: bool = False) -> list[Finding]:
        """One finding per check. `over`: the watch has ended, so missing data will not arrive."""
        found = [
            self._answers(watched), self._well(watched), self._restart(watched), self._chains(watched, other),
            self._storage_drops(watched), self._failures(watched), self._errors(watched, baseline),
            self._latency(watched, baseline), self._snapshot(watched), self._memory(watched),
        ]
        if other:
            found.append(self._other_answers(other))
        if over:
            found.append(self._traffic(watched, baseline, other))
        return found

    def _answers(self, watched: Watched) -> Finding:
        gone = [poll for poll in watched.polls if not poll.answered]
        detail = f"{len(watched.polls) - len(gone)} of {len(watched.polls)} polls" + (f"; {gone[-1].trouble}" if gone else "")
        return Finding("answers", not _twice_in_a_row(watched.polls, lambda p: not p.answered), detail)

    def _other_answers(self, other: Watched) -> Finding:
        """Without a baseline nothing can be compared."""
        gone = [poll for poll in other.polls if not poll.answered]
        return Finding("baseline answers", not _twice_in_a_row(other.polls, lambda p: not p.answered),
                       gone[-1].trouble if gone else "at every poll")

    def _well(self, watched: Watched) -> Finding:
        def ill(poll: Observation) -> bool:
            return poll.answered and (poll.ready != 200 or poll.health_status != 200)

        sick = [poll for poll in watched.answered if ill(poll)]
        if not sick:
            return Finding("ready and healthy", True, "at every poll")
        last = sick[-1]
        reasons = ", ".join(last.health.get("reasons", [])) or f"/ready {last.ready}, /health {last.health_status}"
        return Finding("ready and healthy", not _twice_in_a_row(watched.polls, ill), f"{len(sick)} polls failed; {reasons}")

    def _restart(self, watched: Watched) -> Finding:
        starts = [poll.scrape.value("viz_api_process_start_time_seconds") for poll in watched.answered]
        known = sorted({start for start in starts if start is not None})
        uptimes = [poll.health.get("uptime_s", 0) for poll in watched.answered]
        again = len(known) > 1 or any(b < a for a, b in zip(uptimes, uptimes[1:]))
        if again:
            return Finding("no restart", False, "the process has changed")
        return Finding("no restart", True, f"up for {uptimes[-1]} s" if uptimes else "no uptime reported")

    def _chains(self, watched: Watched, other: Watched | None) -> Finding:
        """A poll at which the baseline's chain was also down is the node's fault, not the release's. A chain
        that was listed once, or that the baseline lists, counts as missing when it is not listed."""
        excused = _down_at(other)
        known = {chain["chain_key"] for one in (watched, other) if one for poll in one.polls for chain in poll.chains or []}
        states: dict[str, list[bool]] = {}
        for place, poll in enumerate(watched.polls):
            if poll.chains is None:
                continue
            shown = {chain["chain_key"]: chain["state"] for chain in poll.chains}
            for key in known - {down for at, down in excused if at == place}:
                states.setdefault(key, []).append(shown.get(key) == "subscribed")
        if not states:
            return Finding("chains subscribed", not watched.answered, "no chain was listed")
        bad = {
            key: f"{key}: {sum(up)} of {len(up)} polls"
            for key, up in states.items()
            if sum(up) / len(up) < self._limits.subscribed_share and (sum(up) < len(up) - 1 or len(up) >= 10)
        }
        return Finding("chains subscribed", not bad, "; ".join(bad.values()) or f"{', '.join(sorted(states))}")

    def _storage_drops(self, watched: Watched) -> Finding:
        grown = {reason: watched.growth("viz_api_ingest_drops_total", reason=reason) for reason in STORAGE_DROPS}
        grown["storage_lost"] = watched.growth("viz_api_storage_lost_total")
        bad = {reason: count for reason, count in grown.items() if count > 0}
        return Finding("no storage drops", not bad, ", ".join(f"{r} grew by {c:.0f}" for r, c in bad.items()) or "none")

    def _failures(self, watched: Watched) -> Finding:
        components = watched.growth("viz_api_component_failures_total")
        failed = watched.growth("viz_api_ingest_decode_fail_total")
        decoded = watched.growth("viz_api_ingest_decode_total")
        share = failed / (failed + decoded) if failed + decoded >= LEAST_TO_JUDGE else 0.0
        ok = components == 0 and share <= self._limits.decode_failures
        return Finding("no failures", ok, f"components failed {components:.0f} times, bodies refused {share:.2%}")

    def _errors(self, watched: Watched, baseline: dict | None) -> Finding:
        bad, requests = watched.errors()
        share = bad / requests if requests > 0 else 0.0
        usual = (baseline or {}).get("share_5xx", 0.0)
        ok = share <= usual + self._limits.errors_above_baseline
        return Finding("5xx", ok, f"{bad:.0f} of {requests:.0f} requests ({share:.2%}), baseline {usual:.2%}")

    def _latency(self, watched: Watched, baseline: dict | None) -> Finding:
        limits, count = self._limits, watched.visible_count()
        p50, p99 = watched.visible_ms(0.50), watched.visible_ms(0.99)
        # After a restart the buckets start at 0 again and may not be comparable.
        if count < LEAST_TO_JUDGE or p50 is None or p99 is None:
            return Finding("ingest to visible", True, f"{count:.0f} observations: too few to judge")
        quantiles = [("p50", p50)] + ([("p99", p99)] if count >= LEAST_FOR_P99 else [])
        bounds = [(name, now, limits.budget_p99_ms, f"the budget of {limits.budget_p99_ms:g} ms") for name, now in quantiles]
        for name, now in quantiles:
            usual = (baseline or {}).get(f"visible_{name}_ms")
            if usual is not None and baseline["visible_count"] >= (LEAST_FOR_P99 if name == "p99" else LEAST_TO_JUDGE):
                allowed = usual * limits.slower_than_baseline + limits.slack_ms
                bounds.append((name, now, allowed, f"{allowed:.2f} ms, which the baseline allows"))
        problems = [f"{name} over {words}" for name, now, bound, words in bounds
                    if now > bound and watched.slow_intervals(int(name[1:]) / 100, bound) >= LEAST_SLOW]
        few = "" if count >= LEAST_FOR_P99 else f"; of {count:.0f} observations: too few to judge p99"
        return Finding("ingest to visible", not problems, f"p50 {p50:.2f} ms, p99 {p99:.2f} ms{few}" + "".join(f"; {p}" for p in problems))

    def _snapshot(self, watched: Watched) -> Finding:
        polls = watched.answered
        bad = sum(poll.snapshot_status != 200 for poll in polls)
        times = sorted(poll.snapshot_ms for poll in polls if poll.snapshot_status == 200)
        typical = times[len(times) // 2] if times else 0.0
        numbers = [poll.latest_seq_id for poll in polls if poll.latest_seq_id is not None]
        back = next((f"; the record's last event fell from {a} to {b}" for a, b in zip(numbers, numbers[1:]) if b < a), "")
        ok = not _twice_in_a_row(polls, lambda p: p.snapshot_status != 200) and typical <= self._limits.snapshot_ms and not back
        return Finding("snapshot", ok, f"median {typical:.1f} ms, {bad} polls not 200{back}")

    def _memory(self, watched: Watched) -> Finding:
        """Caches fill at first: only the second half of the watch is checked for growth."""
        limits, memory = self._limits, watched.memory()
        if not memory:
            return Finding("memory", True, "not reported")
        now = memory[-1][1] / MIB
        if limits.memory_mib and now > limits.memory_mib:
            return Finding("memory", False, f"{now:.0f} MiB, over {limits.memory_mib:.0f}")
        half = trend.thinned([one for one in memory if one[0] >= limits.memory_from_s])
        if len(half) < LEAST_READINGS:
            return Finding("memory", True, f"{now:.0f} MiB; too few readings in the second half of the watch")
        times, values = [at for at, _ in half], [value / MIB for _, value in half]
        seconds = times[-1] - times[0]
        beyond = trend.slope(times, values) * seconds - self._filling_mib(watched, times[0])
        per_hour = beyond / seconds * 3600
        bad = per_hour > limits.memory_mib_per_hour and beyond > limits.memory_floor_mib and trend.rises(values) > 0.999
        return Finding("memory", not bad, f"{now:.0f} MiB; {max(beyond, 0):.1f} MiB beyond the growth of caches in {seconds / 60:.1f} min")

    def _filling_mib(self, watched: Watched, since: float) -> float:
        """The expected growth since then by cached transactions."""
        name = "viz_api_ingest_decode_total"
        polls = [poll for poll in watched.answered if poll.at >= since]
        first, last = (poll.scrape.total(name) for poll in (polls[0], polls[-1]))
        kept = min(last, self._limits.fill_transactions) - min(first, self._limits.fill_transactions)
        return max(0.0, kept) * self._limits.fill_kib / 1024

    def _traffic(self, watched: Watched, baseline: dict | None, other: Watched | None) -> Finding:
        decoded = watched.growth("viz_api_ingest_decode_total")
        if self._limits.expect_traffic and decoded < 1:
            return Finding("traffic", False, "nothing was decoded: the watch gives no evidence")
        summary = f"{decoded:.0f} transactions decoded"
        if other is None or not baseline or baseline["decoded"] < LEAST_TO_JUDGE:
            return Finding("traffic", True, summary)
        share = decoded / baseline["decoded"]
        return Finding("traffic", share >= self._limits.coverage, f"{summary}, {share:.0%} of the baseline's")


def _twice_in_a_row(polls: list, holds) -> bool:
    return any(holds(a) and holds(b) for a, b in zip(polls, polls[1:]))


def _down_at(other: Watched | None) -> set:
    if other is None:
        return set()
    return {
        (place, chain["chain_key"])
        for place, poll in enumerate(other.polls)
        for chain in poll.chains or []
        if chain["state"] != "subscribed"
    }
