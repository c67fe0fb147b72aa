"""Run the command line the way a user does: in a process of its own, in the script's folder."""

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

REPOSITORY = Path(__file__).parents[2]


class CommandLine:
    """Write scripts into a folder, and run `harness` there."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
        return path

    def environment(self, **more):
        return {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONWARNINGS": "error", **more}

    def command(self, *arguments):
        return [sys.executable, "-m", "harness", *arguments]

    def run(self, *arguments, status, **environment):
        """Run `harness`, and check its exit status."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done

    def spot(self, *arguments, status, **environment):
        """Run `harness spot` with few executions, and return what it prints."""
        given = ("spot", "--executions", "150", *arguments)
        return self.run(*given, status=status, **environment).stdout

    def outcomes(self, printed):
        """Return the outcomes of a report, each as text."""
        return set(re.findall(r"^ +[\d,]+ x  (.*)$", printed, re.MULTILINE))

    def tokens(self, printed):
        """Return the tokens of a report by outcome."""
        return dict(re.findall(r"^ +[\d,]+ x  (.*)\n +by (.*#\w{8})", printed, re.MULTILINE))


@pytest.fixture
def harness(tmp_path):
    return CommandLine(tmp_path)
