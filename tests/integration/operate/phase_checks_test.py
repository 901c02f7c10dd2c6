"""verify_phase_checks.sh: its own steps, and that a failure is one."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from bench import TOOLS

BUILD = Path(os.environ["VIZ_BIN"]).parent


class PhaseChecks(unittest.TestCase):
    def run_tool(self, *arguments):
        with tempfile.TemporaryDirectory() as out:
            done = subprocess.run([TOOLS / "verify_phase_checks.sh", "--out", out, *map(str, arguments)],
                                  capture_output=True, text=True, timeout=100)
        return done.returncode, done.stdout + done.stderr

    def steps(self, reported):
        return {one["step"]: one["verdict"] for one in json.loads(reported.splitlines()[-1])["steps"]}

    def test_contract_tests_and_checkpoint_parity_pass_on_this_build(self):
        status, reported = self.run_tool("--only", "contract", "--only", "parity", "--build-dir", BUILD)
        self.assertEqual(status, 0, reported)
        self.assertEqual(self.steps(reported), {"build": "skipped", "tests": "skipped", "contract": "pass",
                                            "parity": "pass", "lint": "skipped"})
        self.assertFalse(json.loads(reported.splitlines()[-1])["complete"])

    def test_contract_test_that_did_not_run_fails(self):
        with tempfile.TemporaryDirectory() as build:
            program = Path(build) / "tests/integration/runtime/runtime_integration_test"
            program.parent.mkdir(parents=True)
            program.write_text("#!/bin/sh\necho '[  PASSED  ] 0 tests.'\n")
            program.chmod(0o755)
            status, reported = self.run_tool("--only", "contract", "--build-dir", build)
        self.assertEqual((status, self.steps(reported)["contract"]), (1, "fail"), reported)
        self.assertIn("BinaryBootstrapUsesRuntimeBuilderContract", reported)

    def test_build_that_is_not_there_fails(self):
        status, reported = self.run_tool("--skip", "lint", "--skip", "tests", "--build-dir", "/nowhere")
        self.assertEqual(status, 1, reported)

    def test_unknown_step_and_nothing_left_are_refused_with_2(self):
        self.assertEqual(self.run_tool("--only", "dance")[0], 2)
        self.assertEqual(self.run_tool("--only", "lint", "--skip", "lint")[0], 2)


if __name__ == "__main__":
    unittest.main()
