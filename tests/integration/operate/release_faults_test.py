"""release.sh when something goes wrong on its way: asked to end, killed, no space, two at once."""

import json
import os
import signal
import subprocess
import tarfile
import unittest

from bench import BINARY, READY_SECONDS, TOOLS, Bench
from operate import web

# Starts and never answers.
MUTE = f'#!/bin/sh\n[ "$1" = --version ] || [ "$1" = --check-config ] && exec {BINARY} "$@"\necho not today; exec sleep 600\n'
# Answers 200 to everything, and is something else.
ANOTHER = f"""#!/bin/sh
case "${{1:-}}" in --*) exec {BINARY} "$@" ;; esac
exec python3 -c '
import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"<html>welcome</html>")
host, port = os.environ["VIZ_API_BIND"].split(":")
http.server.HTTPServer((host, int(port)), Page).serve_forever()'
"""


class Faults(Bench):
    def deployed(self, *more):
        """1.0.0 serves, with something in its record; others are installed."""
        self.have("1.0.0")
        status, reported = self.release("activate", "1.0.0")
        self.assertEqual(status, 0, reported)
        self.announce(0, 100)
        for version, script in more:
            self.have(version, script)

    def status(self):
        status, reported = self.release("status", "--json")
        return status, json.loads(reported)

    def begun(self, version):
        """An activation under way: the link is on that version already."""
        process = subprocess.Popen([TOOLS / "release.sh", *map(str, self.release_arguments("activate", version))], cwd="/",
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(lambda: process.poll() is None and (process.kill(), process.wait()))
        log = self.root / "service.log"
        self.assertTrue(web.wait_until(lambda: "not today" in log.read_text(), READY_SECONDS))
        self.assertEqual(self.current(), version)
        return process

    def serves_again(self, version):
        self.assertEqual(self.current(), version)
        self.assertTrue(web.wait_until(lambda: web.answers_ready(self.base), READY_SECONDS))

    def test_activation_that_is_ended_goes_back_first(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                if not (self.root / "opt/current").exists():
                    self.deployed(("1.1.0", MUTE))
                (self.root / "service.log").write_text("")
                process = self.begun("1.1.0")
                process.send_signal(number)
                reported, _ = process.communicate(timeout=READY_SECONDS)
                self.assertEqual(process.returncode, 1, reported)
                self.assertIn(f"interrupted by {number.name}", reported)
                self.assertIn("PASS: back on 1.0.0", reported)
                self.serves_again("1.0.0")

    def test_activation_that_was_killed_is_reported_and_can_be_rolled_back(self):
        self.deployed(("1.1.0", MUTE))
        process = self.begun("1.1.0")
        process.kill()
        process.wait()
        status, answer = self.status()
        self.assertEqual((status, answer["finished"], answer["current"], answer["previous"]), (1, False, "1.1.0", "1.0.0"))
        self.assertIn("with 1.1.0, was interrupted", self.release("status")[1])
        self.assertIn("has not become ready", self.release("promote")[1])
        status, reported = self.release("rollback", "--reason", "killed")
        self.assertEqual(status, 0, reported)
        self.serves_again("1.0.0")
        self.assertEqual(self.status()[0], 0)

    def test_second_action_meanwhile_is_refused_and_changes_nothing(self):
        self.deployed(("1.1.0", MUTE), ("1.2.0", None))
        process = self.begun("1.1.0")
        for arguments in (("activate", "1.2.0"), ("rollback",), ("promote",)):
            status, reported = self.release(*arguments)
            self.assertEqual(status, 1, reported)
            self.assertIn("another release action is running", reported)
        self.assertEqual(self.current(), "1.1.0")
        process.terminate()
        self.assertEqual(process.wait(READY_SECONDS), 1)
        self.serves_again("1.0.0")

    def test_release_that_failed_is_never_gone_back_to(self):
        self.deployed(("1.1.0", None), ("1.2.0", MUTE))
        self.assertEqual(self.release("activate", "1.1.0")[0], 0)
        self.assertEqual(self.release("activate", "1.2.0", limit=1)[0], 1)
        self.assertEqual(self.status()[1]["previous"], "1.0.0")
        self.assertEqual(self.release("rollback")[0], 0)
        self.assertEqual(self.current(), "1.0.0")
        status, reported = self.release("rollback")
        self.assertEqual((status, self.current()), (1, "1.0.0"), reported)
        self.assertIn("no earlier release to go back to", reported)

    def test_no_room_for_the_archive_does_not_stand_in_the_way(self):
        self.deployed(("1.1.0", MUTE))
        (self.root / "opt/failed").write_text("where a folder would have to be")
        status, reported = self.release("activate", "1.1.0", limit=1)
        self.assertEqual(status, 1, reported)
        self.assertIn("could not be kept", reported)
        self.serves_again("1.0.0")

    def test_no_room_to_collect_in_does_not_stand_in_the_way(self):
        self.deployed(("1.1.0", None))
        self.assertEqual(self.release("activate", "1.1.0")[0], 0)
        done = subprocess.run(["prlimit", "--fsize=20000", TOOLS / "release.sh", *map(str, self.release_arguments("rollback"))],
                              capture_output=True, text=True, env={**os.environ, "TMPDIR": "/nowhere"}, timeout=200)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("back on 1.0.0, but", done.stdout)
        self.assertEqual(self.current(), "1.0.0")

    def test_log_that_cannot_be_had_is_noted_in_the_archive(self):
        self.deployed(("1.1.0", None))
        self.assertEqual(self.release("activate", "1.1.0")[0], 0)
        status, reported = self.release("rollback", "--log-command", "echo some; exit 3", "--log-file", "/nowhere/log", "--attach", "/nowhere/verdict")
        self.assertEqual(status, 0, reported)
        [path] = (self.root / "opt/failed").glob("*.tar.gz")
        with tarfile.open(path) as archive:
            manifest = json.load(archive.extractfile(next(m for m in archive if m.name.endswith("MANIFEST.json"))))
        missing = "\n".join(manifest["missing"])
        for text in ("ended with 3", "log_log: ", "verdict: "):
            self.assertIn(text, missing)
        self.assertIn("log.txt", manifest["files"])
        self.assertIn("metrics_at_start.prom", manifest["files"])

    def test_program_that_answers_and_is_not_viz_api_is_not_ready(self):
        self.deployed(("1.1.0", ANOTHER))
        status, reported = self.release("activate", "1.1.0", limit=2)
        self.assertEqual(status, 1, reported)
        self.assertIn("/health is not viz-api's", reported)
        self.serves_again("1.0.0")

    def test_restart_command_that_fails_goes_back_with_what_it_was(self):
        self.deployed(("1.1.0", None))
        broken = self.service.read_text().replace("setsid ./opt", "[ $(readlink opt/current) = releases/1.1.0 ] && exit 7\nsetsid ./opt")
        self.service.write_text(broken.replace("set -eu", "set -u"))
        status, reported = self.release("activate", "1.1.0")
        self.assertEqual(status, 1, reported)
        self.assertIn("ended with 7", reported)
        self.serves_again("1.0.0")

    def test_promotion_takes_the_verdict_of_this_release_alone(self):
        self.deployed(("1.1.0", None))
        verdict = self.root / "verdict.json"
        watch = ("canary_check.sh", "--base", self.base, "--minutes", 0.02, "--every", 0.3, "--json", verdict)
        self.assertEqual(self.tool(*watch, "--idle-ok")[0], 0)
        self.assertEqual(self.release("activate", "1.1.0")[0], 0)
        self.assertIn("older than the activation", self.release("promote", "--verdict", verdict)[1])
        self.assertEqual(self.tool(*watch)[0], 1, "no traffic")
        self.assertIn("the canary failed", self.release("promote", "--verdict", verdict)[1])
        self.assertIn("is not a verdict", self.release("promote", "--verdict", "/nowhere")[1])
        self.assertEqual(self.tool(*watch, "--idle-ok")[0], 0)
        status, reported = self.release("promote", "--verdict", verdict)
        self.assertEqual(status, 0, reported)
        self.assertTrue((self.root / "opt/verdicts/canary_1.1.0.json").exists())


if __name__ == "__main__":
    unittest.main()
