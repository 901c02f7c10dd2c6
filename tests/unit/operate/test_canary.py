"""What a canary is judged by, on made-up polls."""

import unittest

from operate import metrics_text, trend
from operate.canary_checks import Judge, Limits, Observation, Watched

TEXT = """viz_api_ingest_drops_total{{component="features",reason="storage_queue_full"}} {drops}
viz_api_ingest_drops_total{{component="ingest",reason="fetch_null"}} {other_drops}
viz_api_ingest_decode_total {decoded}
viz_api_ingest_decode_fail_total {refused}
viz_api_component_failures_total{{component="http"}} {failures}
viz_api_http_requests_total{{route="/events",method="GET",code="200"}} {requests}
viz_api_http_requests_total{{route="/events",method="GET",code="500"}} {errors}
viz_api_process_start_time_seconds {started}
viz_api_process_resident_memory_bytes {memory}
viz_api_ingest_to_visible_seconds_bucket{{le="0.001"}} {fast}
viz_api_ingest_to_visible_seconds_bucket{{le="1"}} {visible}
viz_api_ingest_to_visible_seconds_bucket{{le="+Inf"}} {visible}
viz_api_ingest_to_visible_seconds_count {visible}
"""


def poll(turn, state="subscribed", ready=200, snapshot=200, seq_id=None, **changes):
    """The `turn`-th of a healthy service with traffic, but for the changes."""
    values = {"drops": 5, "other_drops": turn, "decoded": 200_000 + 100 * turn, "refused": 0, "failures": 0,
              "requests": 100 * turn, "errors": 1, "started": 1000.5, "memory": 80e6, "fast": 100 * turn,
              "visible": 100 * turn} | changes
    return Observation(
        at=5.0 * turn, ready=ready, health={"uptime_s": 5 * turn, "version": "1"}, health_status=ready,
        scrape=metrics_text.parse(TEXT.format(**values)), chains=[{"chain_key": "main", "state": state}],
        snapshot_status=snapshot, snapshot_ms=2.0, latest_seq_id=300 * turn if seq_id is None else seq_id)


def watched(polls):
    one = Watched()
    for each in polls:
        one.add(each)
    return one


def failed(polls, baseline=None, other=None, **limits):
    found = Judge(Limits(**limits)).findings(watched(polls), baseline, other, over=True)
    return [one.check for one in found if not one.ok]


class Canary(unittest.TestCase):
    def test_healthy_service_with_old_drops_and_errors_passes(self):
        self.assertEqual(failed([poll(turn) for turn in range(20)]), [])

    def test_growth_of_storage_drops_fails_and_of_others_does_not(self):
        self.assertEqual(failed([poll(turn, drops=5 + (turn > 3)) for turn in range(6)]), ["no storage drops"])

    def test_drops_after_a_counter_began_anew_are_seen(self):
        found = failed([poll(0), poll(1, drops=2, started=2000)])
        self.assertEqual(found, ["no restart", "no storage drops"])

    def test_chain_that_is_not_steadily_subscribed_fails(self):
        polls = [poll(turn, state="rotating" if turn in (3, 9) else "subscribed") for turn in range(20)]
        self.assertEqual(failed(polls), ["chains subscribed"])

    def test_chain_that_is_down_at_the_baseline_too_is_the_nodes_doing(self):
        polls = [poll(turn, state="rotating" if turn in (3, 9) else "subscribed") for turn in range(20)]
        other = watched(polls)
        self.assertEqual(failed(polls, other.figures(), other), [])

    def test_chain_that_is_no_longer_shown_fails(self):
        polls = [poll(turn) for turn in range(20)]
        for each in polls[7:]:
            each.chains = [{"chain_key": "another", "state": "subscribed"}]
        self.assertEqual(failed(polls), ["chains subscribed"])

    def test_chain_that_only_the_baseline_has_fails(self):
        other = watched([poll(turn) for turn in range(20)])
        polls = [poll(turn) for turn in range(20)]
        for each in polls:
            each.chains = []
        self.assertEqual(failed(polls, other.figures(), other), ["chains subscribed"])

    def test_5xx_above_the_baseline_fail(self):
        polls = [poll(turn, errors=turn) for turn in range(20)]
        self.assertEqual(failed(polls), ["5xx"])
        self.assertEqual(failed(polls, watched(polls).figures()), [])

    def test_latency_over_the_budget_fails(self):
        self.assertEqual(failed([poll(turn, fast=0) for turn in range(20)]), ["ingest to visible"])
        self.assertEqual(failed([poll(turn, fast=0) for turn in range(20)], budget_p99_ms=1000), [])

    def test_latency_far_over_the_baselines_fails_within_the_budget(self):
        baseline = watched([poll(turn) for turn in range(9)]).figures()
        polls = [poll(turn, fast=0) for turn in range(9)]
        self.assertEqual(failed(polls, baseline, budget_p99_ms=1000), ["ingest to visible"])

    def test_one_of_a_hundred_slow_is_judged_only_among_enough(self):
        few = [poll(turn, fast=97 * turn) for turn in range(10)]
        self.assertEqual(failed(few), [])
        self.assertEqual(failed([poll(turn, fast=97 * turn) for turn in range(12)]), ["ingest to visible"])

    def test_most_slow_is_judged_early(self):
        self.assertEqual(failed([poll(turn, fast=0) for turn in range(4)]), ["ingest to visible"])

    def test_one_stall_of_the_machine_is_not_a_slower_release_however_many_waited(self):
        self.assertEqual(failed([poll(turn, fast=100 * turn - 90 * (turn > 3)) for turn in range(20)]), [])
        self.assertEqual(failed([poll(turn, fast=100 * turn - 90 * max(0, min(turn, 6) - 3)) for turn in range(20)]), ["ingest to visible"])

    def test_memory_that_keeps_growing_fails(self):
        self.assertEqual(failed([poll(turn, memory=80e6 + 1e6 * turn) for turn in range(120)]), ["memory"])

    def test_memory_that_grows_until_caches_are_full_is_well(self):
        self.assertEqual(failed([poll(turn, memory=80e6 + 1e6 * min(turn, 50)) for turn in range(120)], memory_from_s=300), [])

    def test_memory_is_not_judged_while_caches_may_still_fill(self):
        polls = [poll(turn, memory=80e6 + 1e6 * turn) for turn in range(50)]
        self.assertEqual(failed(polls, memory_from_s=300), [])
        self.assertEqual(failed(polls, memory_from_s=100), ["memory"])

    def test_memory_over_its_bound_fails_at_once(self):
        self.assertEqual(failed([poll(0), poll(1, memory=300 << 20)], memory_mib=256, memory_from_s=300), ["memory"])

    def test_process_that_fills_with_what_it_keeps_on_purpose_is_well_and_one_that_takes_more_is_not(self):
        self.assertEqual(failed([poll(turn, decoded=100 * turn, memory=80e6 + 1e6 * turn) for turn in range(120)]), [])
        self.assertEqual(failed([poll(turn, decoded=100 * turn, memory=80e6 + 4e6 * turn) for turn in range(120)]), ["memory"])

    def test_memory_that_goes_up_and_down_is_well(self):
        self.assertEqual(failed([poll(turn, memory=80e6 + 30e6 * (turn % 7)) for turn in range(120)]), [])

    def test_restart_fails(self):
        self.assertEqual(failed([poll(0), poll(1), poll(2, started=1010.0)]), ["no restart"])

    def test_one_poll_without_an_answer_is_forgiven_two_in_a_row_are_not(self):
        gone = Observation(at=10, trouble="refused")
        self.assertEqual(failed([poll(0), gone, poll(2), gone, poll(4)]), [])
        self.assertEqual(failed([poll(0), gone, gone, poll(3)]), ["answers"])

    def test_degraded_health_fails(self):
        self.assertEqual(failed([poll(0), poll(1, ready=503), poll(2, ready=503)]), ["ready and healthy"])

    def test_record_that_goes_back_fails(self):
        self.assertEqual(failed([poll(0), poll(1), poll(2, seq_id=10)]), ["snapshot"])

    def test_failed_component_and_refused_bodies_fail(self):
        self.assertEqual(failed([poll(turn, failures=turn) for turn in range(3)]), ["no failures"])
        self.assertEqual(failed([poll(turn, refused=5 * turn) for turn in range(3)]), ["no failures"])

    def test_less_traffic_than_the_baseline_saw_meanwhile_fails(self):
        other = watched([poll(turn) for turn in range(9)])
        polls = [poll(turn, decoded=200_000 + 80 * turn) for turn in range(9)]
        self.assertEqual(failed(polls, other.figures(), other), ["traffic"])


class Trend(unittest.TestCase):
    def test_slope_is_not_moved_by_odd_readings(self):
        values = [2.0 * n for n in range(20)]
        values[4], values[11] = 900.0, -500.0
        self.assertAlmostEqual(trend.slope(list(range(20)), values), 2.0, places=6)

    def test_noise_does_not_rise(self):
        self.assertLess(trend.rises([3, 1, 2, 3, 1, 2, 3, 1, 2]), 0.9)
        self.assertGreater(trend.rises(list(range(20))), 0.999)


if __name__ == "__main__":
    unittest.main()
