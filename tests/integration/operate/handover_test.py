"""handover.sh of a live deployment, as who takes over reads it."""

import re
import unittest

from bench import WAIT_SECONDS, Bench
from operate import web
from operate.handover import BOUNDARIES, FIGURES


class Handover(Bench):
    def page(self, *arguments):
        status, reported = self.tool("handover.sh", "--base", self.base, "--prefix", self.root / "opt", "--artifacts", self.root / "artifacts", *arguments)
        return status, reported

    def deployed(self):
        for version in ("1.0.0", "1.1.0"):
            self.have(version)
            status, reported = self.release("activate", version)
            self.assertEqual(status, 0, reported)
        self.announce(0, 200)

    def test_every_boundary_has_its_owner_at_work_and_figures_that_are_served(self):
        self.deployed()
        # Some of it is reported once a second only.
        running = [boundary for boundary in BOUNDARIES if not boundary.asked_for]
        all_words = [words for boundary in running for words, _, _ in boundary.shown_by]
        web.wait_until(lambda: all(f"{words} " in self.page()[1] for words in all_words), WAIT_SECONDS)
        _, reported = self.page()
        for boundary in running:
            [row] = [line for line in reported.splitlines() if line.startswith(f"| {boundary.step} |")]
            self.assertIn(f"| {boundary.owner} | running |", row)
            for words, _, _ in boundary.shown_by:
                self.assertRegex(row, rf"\b{re.escape(words)} [\d,]+")
        self.assertIn("verified 200, refused 0", reported)
        for words in FIGURES.values():
            self.assertIn(f"| {words} |", reported)

    def test_ends_with_1_until_the_canary_has_passed_and_the_release_is_promoted(self):
        self.deployed()
        status, reported = self.page()
        self.assertEqual(status, 1, reported)
        self.assertIn("- 1.1.0 is not promoted", reported)
        verdict = self.root / "artifacts/canary/1.1.0.json"
        verdict.parent.mkdir(parents=True)
        watch = ("canary_check.sh", "--base", self.base, "--minutes", 0.02, "--every", 0.3, "--json", verdict)
        self.assertEqual(self.tool(*watch)[0], 1, "without traffic")
        self.assertIn("- canary_check: fail", self.page()[1])
        self.assertEqual(self.tool(*watch, "--idle-ok")[0], 0)
        self.assertEqual(self.release("promote", "--verdict", verdict)[0], 0)
        status, reported = self.page("--out", self.root / "page.md")
        self.assertEqual((status, reported), (0, ""))
        page = (self.root / "page.md").read_text()
        for text in ("No warning is open.", "release 1.1.0, promoted; rollback target: 1.0.0", "| canary_check | pass |",
                     "promote 1.1.0 after 0.0 minutes of canary"):
            self.assertIn(text, page)

    def test_service_that_is_not_there_is_a_warning_not_a_failure(self):
        status, reported = self.page()
        self.assertEqual(status, 1, reported)
        self.assertIn("/health: ", reported)

    def test_bad_command_line_is_refused_with_2_and_a_place_that_cannot_be_written_with_1(self):
        self.assertEqual(self.page("--base", "localhost")[0], 2)
        self.assertEqual(self.page("--out", "/nowhere/page.md")[0], 1)


if __name__ == "__main__":
    unittest.main()
