"""Reading what /metrics serves."""

import unittest

from operate import metrics_text

TEXT = """# HELP viz_api_ingest_drops_total Lost.
# TYPE viz_api_ingest_drops_total counter
viz_api_ingest_drops_total{component="ingest",reason="storage_queue_full"} 3
viz_api_ingest_drops_total{component="decode.0",reason="storage_queue_full"} 4
viz_api_ingest_drops_total{component="ingest",reason="fetch_null"} 1
viz_api_build_info{compiler="GNU 12.2.0",revision="a\\"b\\\\c",version="0.1.0"} 1
viz_api_ingest_lag_ms 0.25
viz_api_odd +Inf 1795488179010

seconds_bucket{le="0.001"} 10
seconds_bucket{le="0.01"} 90
seconds_bucket{le="0.1"} 100
seconds_bucket{le="+Inf"} 100
"""


class Parse(unittest.TestCase):
    def setUp(self):
        self.scrape = metrics_text.parse(TEXT)

    def test_series_are_summed_over_the_labels_that_are_not_asked_for(self):
        name = "viz_api_ingest_drops_total"
        self.assertEqual(self.scrape.total(name, reason="storage_queue_full"), 7)
        self.assertEqual(self.scrape.total(name), 8)

    def test_escaped_label_values_are_read(self):
        self.assertEqual(self.scrape.each("viz_api_build_info")[0].labels["revision"], 'a"b\\c')

    def test_series_that_is_not_there_counts_as_none(self):
        self.assertEqual(self.scrape.total("viz_api_nothing"), 0)
        self.assertIsNone(self.scrape.value("viz_api_nothing"))
        self.assertFalse(self.scrape.has("viz_api_nothing"))

    def test_infinity_and_timestamps_are_read(self):
        self.assertEqual(self.scrape.value("viz_api_odd"), float("inf"))

    def test_what_is_not_the_format_is_refused_with_its_line(self):
        for text in ("<html>", "name{le=\"1\"} many", "name"):
            with self.subTest(text=text), self.assertRaisesRegex(metrics_text.MetricsError, "line 1"):
                metrics_text.parse(text)


class Quantile(unittest.TestCase):
    def setUp(self):
        self.after = metrics_text.parse(TEXT).buckets("seconds")

    def test_lies_within_its_bucket_in_proportion(self):
        self.assertAlmostEqual(metrics_text.quantile({}, self.after, 0.5), 0.001 + 0.009 * 40 / 80)

    def test_counts_only_what_came_between_two_scrapes(self):
        before = {0.001: 10, 0.01: 90, 0.1: 90, float("inf"): 90}
        self.assertAlmostEqual(metrics_text.quantile(before, self.after, 0.5), 0.055)

    def test_nothing_observed_is_no_quantile(self):
        self.assertIsNone(metrics_text.quantile(self.after, self.after, 0.5))
        self.assertIsNone(metrics_text.quantile({}, {}, 0.5))

    def test_beyond_the_last_bound_the_bound_is_all_that_is_known(self):
        self.assertEqual(metrics_text.quantile({}, {0.1: 0, float("inf"): 5}, 0.5), 0.1)


if __name__ == "__main__":
    unittest.main()
