"""canary_check.sh against live services, good and bad."""

import json
import os
import threading
import unittest

from bench import BINARY, Bench
from operate import web

SLOW = f"""#!/bin/sh
case "${{1:-}}" in --*) exec {BINARY} "$@" ;; esac
LD_PRELOAD={os.environ["SLOW_DISK_LIB"]} SLOW_DISK_MS=150 exec {BINARY}
"""


# Where it is not about time: others may want the cores.
AT_LEISURE = ("--budget-p99-ms", 60000, "--slower-than-baseline", 1000)


class Canary(Bench):
    def setUp(self):
        super().setUp()
        self.sent = 0

    def serve(self, version, script=None, settings=""):
        with open(self.root / "viz-api.env", "a") as env:
            env.write(settings)
        self.have(version, script)
        status, reported = self.release("activate", version)
        self.assertEqual(status, 0, reported)
        self.assertTrue(web.wait_until(lambda: self.node.subscribers() == 1, 20))

    def watch(self, *arguments, seconds=4):
        """(exit status, verdict) of a watch with traffic under it."""
        stop = threading.Event()
        traffic = threading.Thread(target=self.keep_sending, args=(stop,))
        traffic.start()
        try:
            status, reported = self.tool("canary_check.sh", "--base", self.base, "--minutes", seconds / 60, "--every", 0.5, *arguments)
        finally:
            stop.set()
            traffic.join()
        return status, json.loads(reported.splitlines()[-1]), reported

    def keep_sending(self, stop):
        while not stop.wait(0.2) and self.sent + 100 <= self.TRANSACTIONS:
            self.node.play(self.sent, 100, 1000)
            self.sent += 100

    def failed(self, verdict):
        return [check["check"] for check in verdict["checks"] if not check["ok"]]

    def test_healthy_service_passes_and_its_verdict_is_a_baseline_for_the_next(self):
        self.serve("1.0.0")
        status, verdict, reported = self.watch("--json", self.root / "old.json", *AT_LEISURE)
        self.assertEqual((status, verdict["verdict"]), (0, "pass"), reported)
        self.assertEqual(verdict, json.loads((self.root / "old.json").read_text()))
        self.assertGreater(verdict["figures"]["decoded"], 500)
        self.assertGreater(verdict["figures"]["memory_mib"], 5)
        status, verdict, reported = self.watch("--against", self.root / "old.json", *AT_LEISURE)
        self.assertEqual(status, 0, reported)
        self.assertGreater(verdict["baseline"]["decoded"], 500)

    def test_release_that_drops_events_fails(self):
        self.serve("1.0.0", SLOW, "VIZ_API_STORAGE_QUEUE_CAPACITY=16\n")
        status, verdict, reported = self.watch()
        self.assertEqual(status, 1, reported)
        self.assertIn("no storage drops", self.failed(verdict))

    def test_release_that_got_slower_fails_against_the_one_before(self):
        self.serve("1.0.0")
        self.assertEqual(self.watch("--json", self.root / "old.json", *AT_LEISURE)[0], 0)
        self.serve("1.1.0", SLOW)
        status, verdict, reported = self.watch("--against", self.root / "old.json")
        self.assertEqual((status, self.failed(verdict)), (1, ["ingest to visible"]), reported)

    def test_restart_fails(self):
        self.serve("1.0.0")
        restart = threading.Timer(0.5, self.release, ("activate", "1.0.0"))
        restart.start()
        status, verdict, reported = self.watch("--keep-going", seconds=15)
        restart.join()
        self.assertEqual(status, 1, reported)
        self.assertIn("no restart", self.failed(verdict))

    def test_service_that_is_not_there_fails(self):
        status, reported = self.tool("canary_check.sh", "--base", self.base, "--minutes", 0.05, "--every", 0.2)
        verdict = json.loads(reported.splitlines()[-1])
        self.assertEqual((status, verdict["verdict"]), (1, "fail"), reported)
        self.assertIn("answers", self.failed(verdict))

    def test_watch_without_traffic_says_nothing_and_fails(self):
        self.serve("1.0.0")
        arguments = ("--base", self.base, "--minutes", 0.03, "--every", 0.3)
        status, reported = self.tool("canary_check.sh", *arguments)
        self.assertEqual((status, self.failed(json.loads(reported.splitlines()[-1]))), (1, ["traffic"]), reported)
        self.assertEqual(self.tool("canary_check.sh", *arguments, "--idle-ok")[0], 0)

    def test_bad_command_lines_are_refused_with_2(self):
        for arguments in ((), ("--base", "localhost"), ("--base", self.base, "--minutes", "0"), ("--what",)):
            with self.subTest(arguments):
                self.assertEqual(self.tool("canary_check.sh", *arguments)[0], 2)


if __name__ == "__main__":
    unittest.main()
