"""Every reason for which canary_check.sh fails a release, each brought about by itself: a service that
answers as viz-api does, and does one thing wrong."""

import json
import signal
import subprocess
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench import TOOLS
from operate import web

MIB = 1 << 20
# One poll's worth of a healthy service, by how often it was asked.
WELL = {
    "ready": lambda n: 200, "health": lambda n: 200, "snapshot": lambda n: 200, "state": lambda n: "subscribed",
    "full": lambda n: 7, "closed": lambda n: 0, "lost": lambda n: 0, "failures": lambda n: 0, "refused": lambda n: 0,
    "decoded": lambda n: 100_000 + 100 * n, "errors": lambda n: 3, "requests": lambda n: 1000 + 50 * n,
    "started": lambda n: 1000.25, "memory": lambda n: 80 * MIB, "fast": lambda n: 100 * n, "visible": lambda n: 100 * n,
    "seq_id": lambda n: 300 * n, "uptime": lambda n: 60 + n, "chains": lambda n: ["main"],
}
METRICS = """viz_api_ingest_drops_total{{component="features",reason="storage_queue_full"}} {full}
viz_api_ingest_drops_total{{component="ingest",reason="storage_queue_closed"}} {closed}
viz_api_storage_lost_total {lost}
viz_api_ingest_decode_total {decoded}
viz_api_ingest_decode_fail_total {refused}
viz_api_component_failures_total{{component="features"}} {failures}
viz_api_http_requests_total{{route="/events",method="GET",code="200"}} {requests}
viz_api_http_requests_total{{route="/events",method="GET",code="503"}} {errors}
viz_api_process_start_time_seconds {started}
viz_api_process_resident_memory_bytes {memory}
viz_api_ingest_to_visible_seconds_bucket{{le="0.005"}} {fast}
viz_api_ingest_to_visible_seconds_bucket{{le="1"}} {visible}
viz_api_ingest_to_visible_seconds_bucket{{le="+Inf"}} {visible}
viz_api_ingest_to_visible_seconds_count {visible}
"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = self.server.answer(self.path.split("?")[0])
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


class LikeVizApi(ThreadingHTTPServer):
    """Time passes for it from poll to poll; each begins with /ready."""

    def __init__(self, **changes):
        super().__init__(("127.0.0.1", 0), Handler)
        self.is_like, self.turn = {**WELL, **changes}, 0
        self.base = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """The reader has hung up: no news."""

    def now(self, name):
        return self.is_like[name](self.turn)

    def answer(self, route):
        if route == "/ready":
            self.turn += 1
            return self.now("ready"), "{}"
        if route == "/health":
            return self.now("health"), json.dumps({"version": "1", "uptime_s": self.now("uptime"), "reasons": []})
        if route == "/chains/status":
            return 200, json.dumps([{"chain_key": key, "state": self.now("state")} for key in self.now("chains")])
        if route == "/dashboard/snapshot":
            return self.now("snapshot"), json.dumps({"latest_seq_id": self.now("seq_id")})
        return 200, METRICS.format(**{name: self.now(name) for name in WELL if f"{{{name}}}" in METRICS})


class CanaryFaults(unittest.TestCase):
    def serving(self, **changes):
        service = LikeVizApi(**changes)
        threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.addCleanup(service.server_close)
        self.addCleanup(service.shutdown)
        return service

    def command(self, service, *arguments):
        return [str(word) for word in (TOOLS / "canary_check.sh", "--base", service.base, "--every", 0.02, *arguments)]

    def watch(self, service, *arguments, polls=30):
        """(exit status, names of the checks that failed, what it printed)"""
        done = subprocess.run(self.command(service, "--minutes", 0.02 * polls / 60, *arguments), capture_output=True, text=True, timeout=120)
        reported = done.stdout + done.stderr
        return done.returncode, [one["check"] for one in json.loads(done.stdout.splitlines()[-1])["checks"] if not one["ok"]], reported

    def fails(self, check, *arguments, polls=30, **changes):
        status, bad, reported = self.watch(self.serving(**changes), *arguments, polls=polls)
        self.assertEqual((status, bad), (1, [check]), reported)

    def test_service_that_is_well_passes(self):
        status, bad, reported = self.watch(self.serving())
        self.assertEqual((status, bad), (0, []), reported)

    def test_growth_of_storage_queue_full_fails(self):
        self.fails("no storage drops", full=lambda n: 7 + (n > 5))

    def test_growth_of_storage_queue_closed_fails(self):
        self.fails("no storage drops", closed=lambda n: int(n > 5))

    def test_entries_that_storage_lost_fail(self):
        self.fails("no storage drops", lost=lambda n: int(n > 5))

    def test_chain_not_steadily_subscribed_fails(self):
        self.fails("chains subscribed", state=lambda n: "rotating" if n % 8 == 0 else "subscribed")

    def test_chain_that_is_gone_fails(self):
        self.fails("chains subscribed", chains=lambda n: ["main", "side"] if n < 3 else ["main"])

    def test_5xx_above_the_baselines_share_fail_and_as_many_do_not(self):
        worse = {"errors": lambda n: 3 + n // 4}
        self.fails("5xx", **worse)
        self.fails("5xx", "--against", self.serving().base, **worse)
        status, bad, reported = self.watch(self.serving(**worse), "--against", self.serving(**worse).base)
        self.assertEqual((status, bad), (0, []), reported)

    def test_ingest_to_visible_over_the_budget_fails(self):
        self.fails("ingest to visible", fast=lambda n: 97 * n, polls=60)
        status, bad, reported = self.watch(self.serving(fast=lambda n: 97 * n), "--budget-p99-ms", 1000)
        self.assertEqual((status, bad), (0, []), reported)

    def test_ingest_to_visible_far_over_the_baselines_fails(self):
        self.fails("ingest to visible", "--budget-p99-ms", 1000, "--against", self.serving().base, fast=lambda n: 0)

    def test_memory_that_grows_without_bound_fails(self):
        self.fails("memory", memory=lambda n: (80 + 3 * n) * MIB, polls=60)

    def test_memory_over_an_absolute_bound_fails(self):
        self.fails("memory", "--memory-mib", 70)

    def test_restart_fails_by_start_time_or_by_uptime(self):
        self.fails("no restart", started=lambda n: 1000.25 if n < 6 else 1060.5)
        self.fails("no restart", uptime=lambda n: 60 + n if n < 6 else n)

    def test_not_ready_and_not_healthy_fail(self):
        self.fails("ready and healthy", ready=lambda n: 200 if n < 6 else 503)
        self.fails("ready and healthy", health=lambda n: 200 if n < 6 else 503)

    def test_failed_component_and_refused_bodies_fail(self):
        self.fails("no failures", failures=lambda n: int(n > 5))
        self.fails("no failures", refused=lambda n: 5 * n)

    def test_snapshot_that_fails_or_goes_back_fails(self):
        self.fails("snapshot", snapshot=lambda n: 200 if n < 6 else 500)
        self.fails("snapshot", seq_id=lambda n: 300 * n if n < 6 else 100)

    def test_less_seen_than_the_baseline_saw_meanwhile_fails(self):
        self.fails("traffic", "--against", self.serving().base, decoded=lambda n: 100_000 + 60 * n)

    def test_baseline_that_does_not_answer_fails(self):
        self.fails("baseline answers", "--against", "http://127.0.0.1:1")

    def test_answers_of_something_else_fail(self):
        service = self.serving()
        service.answer = lambda route: (200, "<html>welcome</html>")
        status, bad, reported = self.watch(service)
        self.assertEqual(status, 1, reported)
        self.assertIn("answers", bad)

    def test_watch_that_is_ended_has_no_verdict_but_a_fail(self):
        service = self.serving()
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number.name):
                before = service.turn
                process = subprocess.Popen(self.command(service, "--minutes", 5), stdout=subprocess.PIPE, text=True)
                self.addCleanup(process.stdout.close)
                self.assertTrue(web.wait_until(lambda: service.turn > before + 3, 30))
                process.send_signal(number)
                reported, _ = process.communicate(timeout=30)
                self.assertEqual(process.returncode, 1, reported)
                verdict = json.loads(reported.splitlines()[-1])
                self.assertEqual([one["detail"] for one in verdict["checks"] if not one["ok"]], [f"ended by {number.name}"])

    def test_place_for_the_verdict_that_cannot_be_written_is_reported_before_the_watch(self):
        service = self.serving()
        done = subprocess.run(self.command(service, "--minutes", 30, "--json", "/nowhere/verdict.json"), capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, service.turn), (1, 0), done.stdout + done.stderr)
        self.assertIn("/nowhere/verdict.json", done.stderr)

    def test_baseline_that_is_no_verdict_is_refused(self):
        for path in ("/nowhere.json", "/etc/passwd"):
            done = subprocess.run(self.command(self.serving(), "--against", path), capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("is not a verdict of an earlier watch", done.stderr)


if __name__ == "__main__":
    unittest.main()
