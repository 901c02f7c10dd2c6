"""The hand-over page."""

import tempfile
import unittest
from pathlib import Path

from operate import handover
from operate.layout import Layout

WELL = {
    "health": {"status": "ok", "version": "0.1.0+abc", "uptime_s": 60, "components": [{"name": "http", "state": "running"}]},
    "chains": [{"chain_key": "main", "state": "subscribed", "last_error": ""}],
    "figures": {"tx_per_sec_current": 12.5},
    "alerts": {"ingest_lag": False},
}


class Handover(unittest.TestCase):
    def test_service_that_is_well_has_no_open_warning(self):
        self.assertEqual(handover.warnings_of(WELL), [])

    def test_whatever_is_not_as_it_should_be_is_a_warning(self):
        told = {
            "unreachable": ["/metrics/snapshot: refused"],
            "health": {"reasons": ["every chain is down"], "components": [{"name": "sim", "state": "failed"}]},
            "chains": [{"chain_key": "main", "state": "error", "last_error": "connect_failed"}],
            "alerts": {"ingest_lag": True},
        }
        self.assertEqual(len(handover.warnings_of(told)), 5)

    def test_page_names_owners_figures_artifacts_and_what_was_done(self):
        with tempfile.TemporaryDirectory() as prefix:
            layout = Layout(Path(prefix))
            layout.note("activate", version="1.0.0", result="ready")
            text = handover.page(WELL, "http://127.0.0.1:3000", layout, [Path("failed_x.tar.gz")])
        for part in ("version 0.1.0+abc", "None.", "| storage |", "tx_per_sec_current | 12.5", "failed_x.tar.gz", "activate 1.0.0 ready"):
            self.assertIn(part, text)


if __name__ == "__main__":
    unittest.main()
