"""tools/test_log.py: what ctest printed, read."""

import importlib.util
import unittest
from pathlib import Path

PATH = Path(__file__).resolve().parents[3] / "tools/test_log.py"
spec = importlib.util.spec_from_file_location("test_log", PATH)
test_log = importlib.util.module_from_spec(spec)
spec.loader.exec_module(test_log)

LOG = """\
    Start 1: e2e.busy
 1/7 Test   #1: e2e.busy .................................***Failed    0.06 sec
    Start 1: e2e.busy
      Test   #1: e2e.busy .................................   Passed    1.50 sec
 2/7 Test  #12: All/Long.name_of_a_test/12 ...   Passed    0.04 sec
 3/7 Test   #4: bad ......................................Subprocess aborted***Exception:   0.10 sec
    Test   #4: bad ......................................***Timeout   60.00 sec
 6/7 Test   #7: skipped ..................................***Skipped   0.00 sec

80% tests passed, 1 tests failed out of 4
"""


class Reading(unittest.TestCase):
    def test_every_run_of_a_test_is_read_with_its_outcome_and_time(self):
        self.assertEqual(test_log.runs(LOG), {
            "e2e.busy": [(False, 0.06), (True, 1.5)], "All/Long.name_of_a_test/12": [(True, 0.04)],
            "bad": [(False, 0.1), (False, 60.0)], "skipped": [(True, 0.0)]})

    def test_only_what_passed_after_a_failure_has_run_again(self):
        self.assertEqual(test_log.repeated(LOG), ["e2e.busy"])

    def test_the_summary_is_ctests_own_line(self):
        self.assertEqual(test_log.SUMMARY.findall(LOG), ["80% tests passed, 1 tests failed out of 4"])


if __name__ == "__main__":
    unittest.main()
