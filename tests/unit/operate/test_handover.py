"""The hand-over page."""

import json
import tempfile
import unittest
from pathlib import Path

from operate import handover, metrics_text
from operate.handover_gates import gates_in
from operate.layout import Layout

WELL = {
    "health": {"status": "ok", "version": "0.1.0+abc", "uptime_s": 60,
               "components": [{"name": "http", "state": "running"}, {"name": "decode.0", "state": "running"}, {"name": "decode.1", "state": "failed"}]},
    "chains": [{"chain_key": "main", "chain_id": 1, "state": "subscribed", "last_error": "", "endpoint_index": 0, "endpoint_count": 2,
                "disconnect_count": 3, "rotation_count": 1}],
    "figures": {"tx_per_sec_current": 12.5},
    "alerts": {"ingest_lag": False},
    "scrape": metrics_text.parse('viz_api_ingest_drops_total{component="ingest",reason="storage_queue_full"} 0\n'
                                 "viz_api_ingest_decode_total 1234\nviz_api_process_resident_memory_bytes 83886080\n"),
}
CANARY = {"verdict": "fail", "version": "0.1.0+abc", "ended_unix_ms": 5000, "checks": [{"check": "5xx", "ok": False, "detail": ""}],
          "figures": {"seconds": 90, "decoded": 800, "visible_p99_ms": 4.2, "memory_mib": 81}}


class Warnings(unittest.TestCase):
    def test_service_that_is_well_has_no_open_warning(self):
        health = {**WELL["health"], "components": [{"name": "http", "state": "running"}]}
        self.assertEqual(handover.warnings_of({**WELL, "health": health}), [])

    def test_whatever_is_not_as_it_should_be_is_a_warning(self):
        reported = {
            "unreachable": ["/metrics/snapshot: refused"],
            "health": {"reasons": ["every chain is down"], "components": [{"name": "sim", "state": "failed"}]},
            "chains": [{"chain_key": "main", "state": "error", "last_error": "connect_failed"}],
            "alerts": {"ingest_lag": True},
            "scrape": metrics_text.parse('viz_api_ingest_drops_total{reason="storage_queue_full"} 3\n'),
        }
        self.assertEqual(len(handover.warnings_of(reported)), 6)


class Page(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.layout = Layout(self.folder / "opt")
        self.layout.prefix.mkdir()

    def page(self):
        return handover.page(WELL, "http://127.0.0.1:3000", self.layout, gates_in(self.folder, self.folder / "opt/verdicts"), [])

    def test_names_what_runs_owners_figures_and_what_was_done(self):
        self.layout.note("activate", version="1.0.0", result="ready")
        text = self.page()
        for part in ("version 0.1.0+abc", "chain main (1): subscribed, endpoint 1 of 2, 3 disconnects", "activate 1.0.0 ready",
                     "| received → verified | decode | failed/running | verified 1,234 | incidents/decode-failures.md |",
                     "| transactions per second, current | 12.5 |", "| memory, MiB | 80 |"):
            self.assertIn(part, text)

    def test_begins_with_how_many_warnings_are_open(self):
        self.assertIn("1 warning is open.", self.page().splitlines()[2])

    def test_every_page_that_it_points_to_is_there(self):
        pages = Path(__file__).resolve().parents[3] / "systemd/incidents"
        for boundary in handover.BOUNDARIES:
            self.assertTrue((pages / f"{boundary.page}.md").is_file(), boundary.page)

    def test_gate_that_failed_is_an_open_warning_until_a_newer_verdict(self):
        (self.folder / "canary").mkdir()
        (self.folder / "canary/first.json").write_text(json.dumps(CANARY))
        self.assertIn("- canary_check: fail: 0.1.0+abc, 1.5 min, 800 transactions, p99 4.2 ms, 81 MiB; failed: 5xx", self.page())
        (self.folder / "canary/second.json").write_text(json.dumps({**CANARY, "verdict": "pass", "checks": [], "ended_unix_ms": 6000}))
        self.assertNotIn("canary_check: fail", self.page())

    def test_phase_checks_of_which_some_were_skipped_are_an_open_warning(self):
        (self.folder / "checks").mkdir()
        verdict = {"verdict": "pass", "ended_unix_ms": 1, "steps": [{"step": "build", "verdict": "skipped"}, {"step": "lint", "verdict": "pass"}]}
        for complete in (False, True):
            (self.folder / "checks/verdict.json").write_text(json.dumps({**verdict, "complete": complete}))
            self.assertEqual("verify_phase_checks: incomplete: build skipped, lint pass" in self.page(), not complete)

    def test_verdict_that_cannot_be_read_is_reported(self):
        (self.folder / "checks").mkdir()
        (self.folder / "checks/verdict.json").write_text("{")
        self.assertIn("- verdict.json: unreadable", self.page())

    def test_release_that_is_not_promoted_or_was_cut_short_is_an_open_warning(self):
        for facts, text in (({"ready": True, "promoted": False}, "1.1.0 is not promoted"), ({"ready": False}, "1.1.0 has not become ready")):
            self.layout.set_state({"version": "1.1.0", **facts})
            self.assertIn(text, self.page())


if __name__ == "__main__":
    unittest.main()
