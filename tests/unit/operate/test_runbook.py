"""The runbook's commands are those that there are."""

import re
import subprocess
import unittest
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
RUNBOOK = (ROOT / "systemd/RUNBOOK.md").read_text()


@cache
def help_of(*command):
    done = subprocess.run([ROOT / command[0], *command[1:], "--help"], capture_output=True, text=True, timeout=60)
    return done.stdout if done.returncode == 0 else ""


def commands():
    """Each tools/… of the fenced blocks, with its continued lines, up to the comment or the next command."""
    for block in re.findall(r"^```\n(.*?)^```$", RUNBOOK, re.MULTILINE | re.DOTALL):
        text = re.sub(r"\s#[^\n]*", "", re.sub(r"\\\n", " ", block))
        for line in re.split(r"\n|\|\|", text):
            if line.strip().startswith("tools/"):
                yield re.sub(r'"[^"]*"', "TEXT", line).split()


class Runbook(unittest.TestCase):
    def test_there_are_commands_to_look_at(self):
        tools = {words[0] for words in commands()}
        self.assertEqual(tools, {f"tools/{name}.sh" for name in
                                 ("verify_phase_checks", "perf_tx_pipeline_baseline", "release", "canary_check", "handover")})

    def test_every_command_and_option_is_known(self):
        for tool, *words in commands():
            asked = (tool, words[0]) if tool == "tools/release.sh" else (tool,)
            with self.subTest(" ".join((tool, *words))):
                known = help_of(*asked)
                self.assertNotEqual(known, "")
                for option in (word for word in words if word.startswith("--")):
                    self.assertRegex(known, rf"(?<!\S){option}(?!\S)|\[{option}\b")

    def test_every_file_of_the_source_tree_that_it_names_is_there(self):
        for path in set(re.findall(r"(?<![\w/])(?:tools|systemd|incidents)/[\w./-]+\.(?:sh|md|py)", RUNBOOK)):
            self.assertTrue((ROOT / path).exists() or (ROOT / "systemd" / path).exists(), path)


if __name__ == "__main__":
    unittest.main()
