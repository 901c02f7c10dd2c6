"""release.sh and the versions of the store: forward, and back."""

import shlex
import sqlite3
import unittest
from contextlib import closing

from bench import BINARY, Bench
from operate import store

# Brings the store to a version that ours does not know, does something more to it, and dies.
MIGRATING = """#!/bin/sh
case "${{1:-}}" in
--version) {binary} --version | sed 's/^store version .*/store version 99/'; exit 0 ;;
--check-config) exec {binary} "$@" ;;
esac
sqlite3 "$VIZ_API_STORAGE_PATH" 'PRAGMA user_version = 99; {more}' && exit 1
"""
ONE_MORE_EVENT = """INSERT INTO events SELECT seq_id + 1, ts_unix_ms, mono_ns, chain_id, source, type, payload, NULL
FROM events ORDER BY seq_id DESC LIMIT 1"""
# What versions 2 to 4 added, taken away again.
TO_VERSION_1 = """DROP TABLE opportunities; DROP TABLE sim_parity; DROP TABLE sim_parity_totals; DROP TABLE exposures;
DROP TABLE sim_cases; DROP TABLE case_codes; DROP TABLE event_subjects; DROP TABLE building_totals;
ALTER TABLE events DROP COLUMN checksum; DROP TABLE log_start; DROP TABLE lost_events; DROP TABLE IF EXISTS log_times;
DROP VIEW actions; DROP VIEW features; ALTER TABLE transactions DROP COLUMN actions;
CREATE VIEW features AS SELECT hash, chain_id, protocol FROM transactions; PRAGMA user_version = 1"""


class Stores(Bench):
    def deployed(self, more=""):
        """1.0.0 serves, with something in its record; 2.0.0 migrates and dies."""
        self.have("1.0.0")
        status, reported = self.release("activate", "1.0.0")
        self.assertEqual(status, 0, reported)
        self.announce(0, 200)
        self.have("2.0.0", MIGRATING.format(binary=BINARY, more=more))
        self.before, self.known = self.seen(), store.version(self.store)

    def stopping(self):
        return "--stop-command", f"{shlex.quote(str(self.service))} stop"

    def copies(self):
        return sorted((self.root / "opt/backups").glob("*.db"))

    def serves_what_it_had(self):
        self.assertEqual(self.current(), "1.0.0")
        self.assertEqual(self.seen(), self.before)
        self.assertEqual(store.version(self.store), self.known)
        self.announce(200, 10)

    def test_older_store_is_copied_and_brought_forward_with_all_that_is_in_it(self):
        self.deployed()
        self.end_service()
        with closing(sqlite3.connect(self.store)) as older:
            older.executescript(TO_VERSION_1)
        self.have("1.1.0")
        status, reported = self.release("activate", "1.1.0", *self.stopping())
        self.assertEqual(status, 0, reported)
        self.assertIn(f"migrated from version 1 to {self.known}", reported)
        [copy] = self.copies()
        self.assertEqual((store.version(copy), store.version(self.store)), (1, self.known))
        self.assertEqual(store.latest_seq_id(copy), len(self.before))
        self.assertEqual(self.seen(), self.before)

    def test_release_that_migrates_and_fails_goes_back_by_itself_to_the_whole_copy(self):
        self.deployed()
        status, reported = self.release("activate", "2.0.0", *self.stopping(), limit=2)
        self.assertEqual(status, 1, reported)
        self.assertIn("PASS: back on 1.0.0", reported)
        self.serves_what_it_had()
        [aside] = self.root.glob("viz-api.db.before-store_v*Z")
        self.assertEqual(store.version(aside), 99)

    def test_what_the_failed_release_recorded_is_not_given_up_by_itself(self):
        self.deployed(ONE_MORE_EVENT)
        status, reported = self.release("activate", "2.0.0", *self.stopping(), limit=2)
        self.assertEqual((status, self.current()), (1, "2.0.0"), reported)
        self.assertIn("recorded 1 events", reported)
        self.assertEqual(store.version(self.store), 99)

    def test_store_that_the_older_release_cannot_open_is_reported_before_anything_is_done(self):
        self.deployed()
        status, reported = self.release("activate", "2.0.0", limit=2)
        self.assertEqual((status, self.current()), (1, "2.0.0"), reported)
        [copy] = self.copies()
        for text in ("has version 99", "1.0.0 opens up to ", "Nothing was changed", str(copy)):
            self.assertIn(text, reported)
        for more, text in (((), "has version 99"), (("--restore-store", copy), "--stop-command"),
                           (("--restore-store", self.store, *self.stopping()), "has version 99"),
                           (("--restore-store", "/etc/passwd", *self.stopping()), "file is not a database")):
            with self.subTest(text):
                status, reported = self.release("rollback", *more)
                self.assertEqual((status, self.current()), (1, "2.0.0"), reported)
                self.assertIn(text, reported)
        self.assertFalse((self.root / "opt/failed").exists())
        status, reported = self.release("rollback", "--restore-store", copy, *self.stopping())
        self.assertEqual(status, 0, reported)
        self.serves_what_it_had()

    def test_no_room_for_the_copy_leaves_the_older_release_serving(self):
        self.deployed()
        (self.root / "opt/backups").write_text("where a folder would have to be")
        for more in ((), self.stopping()):
            status, reported = self.release("activate", "2.0.0", *more)
            self.assertEqual((status, self.current()), (1, "1.0.0"), reported)
            self.assertEqual(self.release("status")[0], 0)
        self.serves_what_it_had()

    def test_file_of_something_else_is_refused(self):
        self.have("1.0.0")
        for content, text in ((b"SQLite format 3\0" + b"\0" * 200, "file is not a database"), (None, "is not a record of viz-api")):
            self.store.unlink(missing_ok=True)
            if content is not None:
                self.store.write_bytes(content)
            else:
                with closing(sqlite3.connect(self.store)) as other:
                    other.execute("CREATE TABLE things (id)")
            status, reported = self.release("activate", "1.0.0")
            self.assertEqual(status, 1, reported)
            self.assertIn(text, reported)
            self.assertFalse((self.root / "opt/current").is_symlink())


if __name__ == "__main__":
    unittest.main()
