"""What the logs of the phase checks say."""

import unittest

from operate import phase_logs

CTEST = """
{percent}% tests passed, {failed} tests failed out of {all}

Total Test time (real) =  12.30 sec

The following tests did not run:
\t  7 - Corpus.Blocks (Skipped)

The following tests FAILED:
\t  3 - Storage.Commits (Failed)
\t  9 - e2e.crash (Timeout)
"""


class Figures(unittest.TestCase):
    def test_tests_are_counted_and_those_that_failed_are_named(self):
        self.assertEqual(phase_logs.of_tests(CTEST.format(percent=98, failed=2, all=100)),
                         (True, "97 passed, 2 failed, 1 skipped: Storage.Commits, e2e.crash"))

    def test_no_test_and_only_skipped_ones_are_not_good(self):
        self.assertEqual(phase_logs.of_tests("No tests were found!!!\n"), (False, "no test ran"))
        self.assertFalse(phase_logs.of_tests(CTEST.format(percent=100, failed=0, all=1))[0])

    def test_named_tests_have_to_have_run_each(self):
        log = "[       OK ] Runtime.One (2 ms)\n"
        self.assertEqual(phase_logs.of_named(log, ("Runtime.One",)), (True, "1 of 1: Runtime.One"))
        self.assertEqual(phase_logs.of_named(log, ("Runtime.One", "Runtime.On")), (False, "1 of 2: did not pass: Runtime.On"))

    def test_build_tells_its_steps(self):
        self.assertEqual(phase_logs.of_build("[1/2] Building\n[2/2] Linking\n"), (True, "2 of 2 steps"))
        self.assertEqual(phase_logs.of_build("ninja: no work to do.\n"), (True, "up to date"))
        self.assertEqual(phase_logs.of_build(""), (False, "no output"))

    def test_lint_tells_its_first_complaint(self):
        self.assertEqual(phase_logs.of_lint("lint: format\na.cpp:1: error: no\nlint: x\n")[1], "a.cpp:1: error: no")
        self.assertEqual(phase_logs.of_lint("lint: clean, 3 files\n"), (True, "lint: clean, 3 files"))


if __name__ == "__main__":
    unittest.main()
