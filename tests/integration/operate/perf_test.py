"""The pipeline's gate on real executables: it separates a planted slowdown from noise."""

import json
import os
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from operate import web

TOOL = Path(__file__).resolve().parents[3] / "tools/perf_tx_pipeline_baseline.sh"
BINARY = os.environ["VIZ_BIN"]
FIGURES = (
    "seeded_transactions", "seeded_events", "latest_seq_id", "snapshot_latency_ms", "stream_catch_up_ms",
    "stream_events_seen", "stream_events_per_sec", "tx_per_sec", "ingest_to_visible_p50_ms",
    "ingest_to_visible_p99_ms", "cpu_us_per_tx",
)


class Gate(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="viz-perf-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_tool(self, *arguments):
        """(exit status, the artifact, what it printed)"""
        out = self.folder / "artifacts"
        done = subprocess.run(
            [TOOL, "--node", os.environ["PIPELINE_LOAD_BIN"], "--out", out, *arguments],
            capture_output=True, text=True, timeout=500,
        )
        reported = done.stdout + done.stderr
        written = list(out.glob("tx_pipeline_*.json"))
        self.assertLessEqual(len(written), 1, reported)
        return done.returncode, json.loads(written[0].read_text()) if written else None, reported

    def slower_by(self, percent):
        script = self.folder / "slower"
        library = os.environ["SLOWER_LIB"]
        self.assertTrue(Path(library).exists(), "without it nothing is slower")
        script.write_text(f'#!/bin/sh\nLD_PRELOAD={library} SLOWER_PERCENT={percent} exec {BINARY} "$@"\n')
        script.chmod(0o755)
        return str(script)

    def test_measures_one_executable_and_records_its_figures(self):
        status, artifact, reported = self.run_tool("--bin", BINARY, "--runs", "1", "--transactions", "2000")
        self.assertEqual(status, 0, reported)
        for figure in FIGURES:
            self.assertGreater(artifact[figure], 0, figure)
        self.assertEqual(artifact["seeded_transactions"], 4000)
        self.assertEqual(artifact["stream_events_seen"], artifact["latest_seq_id"])
        self.assertEqual(artifact["dropped"], 0)
        self.assertEqual(artifact["machine"]["cores"], os.cpu_count())
        self.assertRegex(artifact["revision"], r"^\d+\.\d+\.\d+ \(\w+\)$")

    def test_slowdown_of_ten_percent_fails(self):
        # As many pairs as it takes where others want the cores.
        status, artifact, reported = self.run_tool("--bin", self.slower_by(10), "--baseline", BINARY, "--max-pairs", "40")
        self.assertIsNotNone(artifact, reported)
        self.assertEqual(artifact["comparison"]["verdict"], "slower", reported)
        self.assertEqual(status, 1, reported)

    def test_same_executable_is_not_called_slower(self):
        # On a machine that others keep busy it may end as unclear, which is no pass either.
        _, artifact, reported = self.run_tool("--bin", BINARY, "--baseline", BINARY, "--max-pairs", "10")
        self.assertIsNotNone(artifact, reported)
        self.assertNotEqual(artifact["comparison"]["verdict"], "slower", reported)

    def test_executable_that_does_not_start_fails_with_the_reason(self):
        script = self.folder / "broken"
        script.write_text(f'#!/bin/sh\n[ "$1" = --version ] && exec {BINARY} --version\necho no luck; exit 3\n')
        script.chmod(0o755)
        status, artifact, reported = self.run_tool("--bin", str(script))
        self.assertEqual((status, artifact), (1, None), reported)
        self.assertIn("no luck", reported)

    def test_ended_or_killed_it_leaves_no_service_behind(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number.name):
                tool = subprocess.Popen([TOOL, "--node", os.environ["PIPELINE_LOAD_BIN"], "--bin", BINARY, "--runs", "99", "--out", self.folder],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "TMPDIR": str(self.folder)})
                self.addCleanup(tool.stdout.close)
                [service] = web.wait_until(lambda: self.services_of(tool.pid), 60)
                tool.send_signal(number)
                tool.wait(60)
                self.assertTrue(web.wait_until(lambda: not Path(f"/proc/{service}").exists(), 60))
                if number == signal.SIGTERM:
                    self.assertEqual(tool.returncode, 1)
                    self.assertIn("ended by SIGTERM", tool.stdout.read())
                    self.assertEqual(list(self.folder.glob("viz-perf-*")), [])

    @staticmethod
    def services_of(pid):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [child for child in children if os.path.realpath(f"/proc/{child}/exe") == os.path.realpath(BINARY)]

    def test_bad_command_lines_are_refused_with_2(self):
        for arguments in (["--bin", "/nowhere"], ["--pairs", "0"], ["--limit", "-1"], ["--what"]):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.run_tool(*arguments)[0], 2)


if __name__ == "__main__":
    unittest.main()
