"""release.sh with real processes: what it switches, what it refuses, what it keeps."""

import io
import json
import subprocess
import tarfile
import unittest

from bench import BINARY, Bench
from operate import web

# Starts and never answers.
MUTE = f'#!/bin/sh\n[ "$1" = --version ] || [ "$1" = --check-config ] && exec {BINARY} "$@"\necho not today; exec sleep 60\n'


class Release(Bench):
    def deployed(self):
        """1.0.0 serves, with something in its record."""
        self.have("1.0.0")
        status, reported = self.release("activate", "1.0.0")
        self.assertEqual(status, 0, reported)
        self.announce(0, 200)

    def archives(self):
        return sorted((self.root / "opt/failed").glob("*.tar.gz"))

    def read_archive(self, path):
        with tarfile.open(path) as archive:
            return {m.name.split("/")[-1]: archive.extractfile(m).read() for m in archive}

    def test_switches_to_a_new_release_and_back_and_keeps_the_record(self):
        self.deployed()
        before = self.seen()
        self.have("1.1.0")
        status, reported = self.release("activate", "1.1.0")
        self.assertEqual((status, self.current()), (0, "1.1.0"), reported)
        self.announce(200, 100)
        between = self.seen()
        status, reported = self.release("rollback", "--reason", "a test")
        self.assertEqual((status, self.current()), (0, "1.0.0"), reported)
        self.assertIn("viz-replay verify: ok", reported)
        after = self.seen()
        self.assertEqual({seq: after[seq] for seq in between}, between)
        self.assertEqual({seq: after[seq] for seq in before}, before)
        self.announce(300, 10)
        [archive] = self.archives()
        kept = self.read_archive(archive)
        manifest = json.loads(kept["MANIFEST.json"])
        self.assertEqual((manifest["failed_version"], manifest["back_to"], manifest["reason"]), ("1.1.0", "1.0.0", "a test"))
        self.assertEqual(manifest["events_after_seq_id"], len(before))
        window = [json.loads(line)["seq_id"] for line in kept["events.jsonl"].splitlines()]
        self.assertEqual(window[: len(between) - len(before)], sorted(between.keys() - before.keys()))
        self.assertIn(b"viz_api_ingest_decode_total", kept["metrics.prom"])
        self.assertIn(b"viz-api started", kept["log_service.log"])

    def test_release_that_does_not_become_ready_rolls_itself_back(self):
        self.deployed()
        before = self.seen()
        self.have("1.1.0", MUTE)
        status, reported = self.release("activate", "1.1.0", limit=2)
        self.assertEqual((status, self.current()), (1, "1.0.0"), reported)
        self.assertIn("not ready within 2 s", reported)
        self.assertEqual(self.seen(), before)
        [archive] = self.archives()
        self.assertIn(b"not today", self.read_archive(archive)["log_service.log"])
        status, reported = self.release("status", "--json")
        self.assertEqual((status, json.loads(reported)["current"]), (0, "1.0.0"))

    def test_configuration_that_the_release_refuses_stops_before_the_switch(self):
        self.deployed()
        pid = self.pid()
        self.have("1.1.0", f'#!/bin/sh\n[ "$1" = --check-config ] && echo "no such key" >&2 && exit 2\nexec {BINARY} "$@"\n')
        status, reported = self.release("activate", "1.1.0")
        self.assertEqual((status, self.current(), self.pid()), (1, "1.0.0", pid), reported)
        self.assertIn("no such key", reported)

    def test_restart_command_that_restarts_nothing_is_noticed(self):
        self.deployed()
        self.have("1.1.0")
        self.assertTrue(web.wait_until(lambda: web.get_json(f"{self.base}/health")["uptime_s"] >= 4, 10))
        self.service.write_text("#!/bin/sh\nexit 0\n")
        status, reported = self.release("activate", "1.1.0", limit=1)
        self.assertEqual(status, 1, reported)
        self.assertIn("did not restart it", reported)
        subprocess.run(["kill", str(self.pid())], check=True)

    def test_package_that_is_not_as_packed_is_not_installed(self):
        good = self.package("1.0.0", extra={"note.txt": "as packed"})
        for name, change in {
            "another text": lambda m, b: (m, b.replace(b"as packed", b"as it was ")),
            "a file too few": lambda m, b: None if m.name == "note.txt" else (m, b),
            "outside": lambda m, b: (self._renamed(m, "../outside"), b) if m.name == "note.txt" else (m, b),
            "a link": lambda m, b: (self._link(m), b) if m.name == "note.txt" else (m, b),
        }.items():
            with self.subTest(name):
                bad = self.root / "bad.tar.gz"
                self._rewrite(good, bad, change)
                status, reported = self.release("install", bad)
                self.assertEqual(status, 1, reported)
                self.assertEqual(list((self.root / "opt/releases").iterdir()), [])
                self.assertFalse((self.root / "opt/outside").exists())
        status, reported = self.release("install", good)
        self.assertEqual(status, 0, reported)
        self.assertEqual(self.release("install", good)[0], 0, "again changes nothing")

    def test_installed_release_that_was_changed_is_not_activated(self):
        self.have("1.0.0")
        (self.root / "opt/releases/1.0.0/bin/viz-api").write_text("#!/bin/sh\nexit 0\n")
        status, reported = self.release("activate", "1.0.0")
        self.assertEqual(status, 1, reported)
        self.assertIn("has been changed since it was packed", reported)
        self.assertFalse((self.root / "opt/current").is_symlink())

    def test_paths_lie_below_the_scratch_root(self):
        package = self.package("1.0.0")
        status, reported = self.tool("release.sh", "install", package, "--root", self.root / "scratch")
        self.assertEqual(status, 0, reported)
        self.assertTrue((self.root / "scratch/opt/viz-api/releases/1.0.0/bin/viz-api").exists())

    def test_what_it_cannot_do_it_says(self):
        self.have("1.0.0")
        for arguments, text in {
            ("activate", "9.9.9"): "installed: 1.0.0",
            ("activate", "../1.0.0"): "is not a version",
            ("rollback",): "no release is in use",
            ("promote",): "no release is in use",
        }.items():
            with self.subTest(arguments):
                status, reported = self.release(*arguments)
                self.assertEqual(status, 1, reported)
                self.assertIn(text, reported)
        self.assertEqual(self.release("status")[0], 1)
        self.assertEqual(self.tool("release.sh")[0], 2)
        self.assertEqual(self.tool("release.sh", "demolish")[0], 2)

    @staticmethod
    def _rewrite(source, target, change):
        with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
            for member in old:
                changed = change(member, old.extractfile(member).read())
                if changed:
                    changed[0].size = len(changed[1]) if changed[0].isfile() else 0
                    new.addfile(changed[0], io.BytesIO(changed[1]))

    @staticmethod
    def _renamed(member, name):
        member.name = name
        return member

    @staticmethod
    def _link(member):
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        return member


if __name__ == "__main__":
    unittest.main()
