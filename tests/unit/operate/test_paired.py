"""The verdict on two executables, on recorded and made-up ratios."""

import json
import random
import unittest
from pathlib import Path

from operate import paired

RECORDED = json.loads((Path(__file__).parent / "recorded_ratios.json").read_text())


class Spread(unittest.TestCase):
    def test_interval_of_six_pairs_is_from_the_least_to_the_greatest(self):
        spread = paired.spread_of([1.0, 1.1, 0.9, 1.05, 0.95, 1.2])
        self.assertEqual((spread.low, spread.high), (0.9, 1.2))
        self.assertAlmostEqual(spread.confidence, 1 - 2 / 64)

    def test_interval_of_fifteen_pairs_leaves_out_three_at_each_end(self):
        spread = paired.spread_of([float(n) for n in range(1, 16)])
        self.assertEqual((spread.low, spread.median, spread.high), (4.0, 8.0, 12.0))
        self.assertAlmostEqual(spread.confidence, 0.96484375)

    def test_few_pairs_say_how_little_their_interval_holds(self):
        self.assertEqual(paired.spread_of([1.0]).confidence, 0.0)
        self.assertAlmostEqual(paired.spread_of([1.0, 1.1, 1.2]).confidence, 0.75)

    def test_interval_holds_the_true_median_as_often_as_it_says(self):
        noise = random.Random(7)
        held = 0
        for _ in range(2000):
            spread = paired.spread_of([noise.lognormvariate(0, 0.05) for _ in range(8)])
            held += spread.low <= 1 <= spread.high
        self.assertGreater(held / 2000, 0.95)

    def test_nonsense_is_refused(self):
        for ratios in ([], [1.0, 0.0], [float("nan")], [-1.0]):
            with self.subTest(ratios=ratios), self.assertRaises(ValueError):
                paired.spread_of(ratios)


class Verdict(unittest.TestCase):
    def judge(self, ratios, limit=0.05):
        return paired.judge(ratios, limit)

    def test_equal_ones_are_not_slower(self):
        self.assertEqual(self.judge([0.98, 1.02, 1.0, 0.99, 1.01, 1.0]), paired.NOT_SLOWER)

    def test_one_disturbed_run_does_not_make_a_slowdown(self):
        self.assertNotEqual(self.judge([0.98, 1.9, 1.0, 0.99, 1.01, 1.0]), paired.SLOWER)
        self.assertEqual(
            self.judge([0.98, 1.9, 1.0, 0.99, 1.01, 1.0, 0.97, 1.02, 1.01]), paired.NOT_SLOWER
        )

    def test_noise_that_could_hide_ten_percent_is_unclear(self):
        self.assertEqual(self.judge([0.9, 1.2, 0.95, 1.1, 1.0, 1.15]), paired.UNCLEAR)
        self.assertEqual(self.judge([0.9, 1.2, 0.95, 1.1, 1.1, 1.15]), paired.UNCLEAR)

    def test_slower_is_said_of_eight_pairs_at_least(self):
        self.assertEqual(self.judge([1.1] * 7), paired.UNCLEAR)
        self.assertEqual(self.judge([1.1] * 8), paired.SLOWER)

    def test_equal_ones_in_much_noise_are_seldom_accused_however_often_one_looks(self):
        noise = random.Random(11)
        accused = 0
        for _ in range(1000):
            ratios = [noise.lognormvariate(0, 0.12) for _ in range(16)]
            looks = [self.judge(ratios[:pairs]) for pairs in range(6, 17)]
            clear = next((look for look in looks if look != paired.UNCLEAR), paired.UNCLEAR)
            accused += clear == paired.SLOWER
        self.assertLess(accused, 20)

    def test_ten_percent_in_as_much_noise_as_was_seen_are_found_and_not_let_pass(self):
        noise = random.Random(12)
        verdicts = []
        for _ in range(300):
            ratios = [1.1 * noise.lognormvariate(0, 0.04) for _ in range(16)]
            looks = [self.judge(ratios[:pairs]) for pairs in range(6, 17)]
            verdicts.append(next((look for look in looks if look != paired.UNCLEAR), paired.UNCLEAR))
        self.assertGreater(verdicts.count(paired.SLOWER), 290)
        self.assertLess(verdicts.count(paired.NOT_SLOWER), 3)

    def test_faster_ones_are_not_slower(self):
        self.assertEqual(self.judge([0.8, 0.82, 0.79, 0.85, 0.8, 0.9]), paired.NOT_SLOWER)

    def test_wall_time_counts_only_beyond_doubt(self):
        certain = [1.2, 1.3, 1.06, 1.2, 1.25, 1.2, 1.2, 1.2]
        self.assertTrue(paired.surely_slower(certain, 0.05))
        self.assertFalse(paired.surely_slower([1.04, *certain[1:]], 0.05))
        self.assertFalse(paired.surely_slower(certain[:7], 0.05))


class Recorded(unittest.TestCase):
    """Ratios of CPU time a transaction from real runs on a machine with other work on it
    (recorded_ratios.json tells how they were made)."""

    def verdicts(self, name):
        """Of every stretch of that many pairs in a row, as the tool would have met them."""
        ratios = RECORDED[name]
        for first in range(len(ratios) - 7):
            yield paired.judge(ratios[first : first + 8], 0.05)

    def test_the_same_executable_is_never_called_slower(self):
        self.assertNotIn(paired.SLOWER, list(self.verdicts("same")))
        self.assertEqual(
            paired.judge(RECORDED["same"], 0.05), paired.NOT_SLOWER
        )

    def test_a_slowdown_of_ten_percent_is_never_let_pass(self):
        self.assertNotIn(paired.NOT_SLOWER, list(self.verdicts("ten_percent")))
        self.assertEqual(
            paired.judge(RECORDED["ten_percent"], 0.05), paired.SLOWER
        )


class Order(unittest.TestCase):
    def test_runs_alternate_so_that_drift_touches_both_alike(self):
        self.assertEqual("".join(paired.order_of_runs(4)), "ABBAABBA")

    def test_drift_cancels_in_the_median(self):
        runs = {"A": [], "B": []}
        for position, side in enumerate(paired.order_of_runs(8)):
            runs[side].append(100 + position * 0.8)
        spread = paired.spread_of(paired.ratios_of(runs["A"], runs["B"]))
        self.assertAlmostEqual(spread.median, 1.0, places=3)

    def test_ratios_need_as_many_runs_of_each(self):
        with self.assertRaises(ValueError):
            paired.ratios_of([1.0], [])


if __name__ == "__main__":
    unittest.main()
