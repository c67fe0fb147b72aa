"""Rewritten code does what it did: CPython's own tests cannot tell the difference.

The functions of standard-library modules get all kinds of hooks at once, and the tests that CPython
has for these modules run before and after, in a process of their own: this file, run as a script.
"""

import dataclasses
import gc
import importlib.util
import io
import json
import subprocess
import sys
import unittest
import warnings
from pathlib import Path
from types import FunctionType

import pytest

REPOSITORY = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("test.test_json") is None,
    reason="this Python came without CPython's own tests; Debian has them in libpython3-testsuite",
)

A_FEW = {
    "json": ["test.test_json.test_decode", "test.test_json.test_dump"],
    "json.decoder": ["test.test_json.test_fail", "test.test_json.test_scanstring"],
    "json.encoder": ["test.test_json.test_indent", "test.test_json.test_float"],
    "textwrap": ["test.test_textwrap"],
    "heapq": ["test.test_heapq"],
    "shlex": ["test.test_shlex"],
    "csv": ["test.test_csv"],
    "contextlib": ["test.test_contextlib"],
    "string": ["test.test_string"],
    "enum": [],
}
MANY = {
    "argparse": ["test.test_argparse"],
    "asyncio.base_events": [],
    "asyncio.locks": ["test.test_asyncio.test_locks"],
    "asyncio.tasks": ["test.test_asyncio.test_tasks"],
    "bisect": ["test.test_bisect"],
    "calendar": ["test.test_calendar"],
    "collections": [],
    "concurrent.futures._base": [],
    "concurrent.futures.thread": [],
    "configparser": ["test.test_configparser"],
    "contextlib": ["test.test_contextlib"],
    "copy": ["test.test_copy"],
    "csv": ["test.test_csv"],
    "dataclasses": ["test.test_dataclasses"],
    "difflib": ["test.test_difflib"],
    "enum": ["test.test_enum"],
    "fractions": ["test.test_fractions"],
    "functools": [],
    "heapq": ["test.test_heapq"],
    "inspect": [],
    "json": ["test.test_json"],
    "json.decoder": [],
    "json.encoder": [],
    "logging": [],
    "pprint": ["test.test_pprint"],
    "queue": ["test.test_queue"],
    "shlex": ["test.test_shlex"],
    "statistics": ["test.test_statistics"],
    "string": ["test.test_string"],
    "tarfile": [],
    "textwrap": ["test.test_textwrap"],
    "threading": [],
    "tokenize": [],
    "traceback": [],
    "typing": [],
    "zipfile": [],
}


def test_rewriting_a_few_modules_changes_no_result_of_their_tests():
    assert_rewriting_is_safe(A_FEW)


@pytest.mark.thorough
@pytest.mark.timeout(1_200)
def test_rewriting_many_modules_changes_no_result_of_their_tests():
    assert_rewriting_is_safe(MANY)


def assert_rewriting_is_safe(tests_of):
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(tests_of),
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["run"] > 100
    assert result["hook_calls"] > 1_000
    assert result["not_rewritten"] == []
    assert result["changed"] == []


def main():
    """Rewrite the modules named on standard input between two runs of their tests."""
    sys.path.insert(0, str(REPOSITORY))
    from harness.instrument.hand_over import HandOverHooks
    from harness.instrument.rewrite import rewrite
    from harness.instrument.site import Hooks

    warnings.simplefilter("ignore")
    tests_of = json.loads(sys.stdin.read())
    files = {importlib.import_module(module).__file__ for module in tests_of}
    names = [name for tests in tests_of.values() for name in tests]
    calls = 0

    def observe(*operands):
        nonlocal calls
        calls += 1

    def keep(operand, site):
        nonlocal calls
        calls += 1
        return operand

    def take_truth(operand):
        nonlocal calls
        calls += 1
        return bool(operand)

    def hooks_of(kind, **replacing):
        names = [field.name for field in dataclasses.fields(kind)]
        return kind(**{name: replacing.get(name, observe) for name in names})

    hand_over = hooks_of(HandOverHooks, jump_if_true=take_truth, jump_if_false=take_truth)
    hooks = hooks_of(
        Hooks, enter=keep, lock_attribute=keep, queue_attribute=keep, hand_over=hand_over
    )
    before, _ = failures_of(names)
    rewritten, not_rewritten = 0, []
    for candidate in gc.get_objects():
        if type(candidate) is FunctionType and candidate.__code__.co_filename in files:
            try:
                candidate.__code__ = rewrite(candidate.__code__, hooks)
            except Exception as error:
                not_rewritten.append(f"{candidate.__qualname__}: {error!r}")
            else:
                rewritten += 1
    after, run = failures_of(names)
    report = {
        "rewritten": rewritten,
        "not_rewritten": not_rewritten,
        "run": run,
        "hook_calls": calls,
        "changed": sorted(before ^ after),
    }
    print(json.dumps(report))


def failures_of(names):
    tests = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromName(name) for name in names)
    result = unittest.TextTestRunner(verbosity=0, stream=io.StringIO()).run(tests)
    return {str(test) for test, _ in result.failures + result.errors}, result.testsRun


if __name__ == "__main__":
    main()
