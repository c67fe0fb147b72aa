"""Every function in scope gets its hooks, however the interpreter keeps it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import gc
from functools import partial
from threading import Thread

def plain():
    pass

class Class:
    def method(self):
        pass

    @staticmethod
    def static():
        pass

def made():
    def nested():
        pass
    return nested

kept = {"nested": [made()]}
bound = partial(lambda: None)
own = {}
exec("def elsewhere(): pass", {"__name__": "__main__"}, own)

WHEN

from harness.instrument.finder import everywhere
from harness.instrument.scope import CodeScope

expected = [plain, made, Class.method, Class.static, *kept["nested"], bound.func, own["elsewhere"]]
found = everywhere(CodeScope())
print([function.__name__ for function in expected if function not in found])
"""
WHEN = {
    "at once": "",
    "when there has been a thread": "thread = Thread(target=int); thread.start(); thread.join()",
}


@pytest.mark.parametrize("when", WHEN)
def test_every_function_is_found(tmp_path, when):
    """With its first thread, 3.13 without a GIL takes what exists from the collector's list."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.replace("WHEN", WHEN[when]))

    done = subprocess.run(
        [sys.executable, str(script)],
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "[]\n"
