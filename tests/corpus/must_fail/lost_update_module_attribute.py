"""One thread binds a global by its name, the other as an attribute of the module."""

import sys
import types
from threading import Thread

EXPECTED = ("AssertionError", 1)

module = types.ModuleType("settings_of_a_program")
module.__file__ = __file__
module.verbosity = 0
exec("def raise_it():\n    global verbosity\n    verbosity = verbosity + 1\n", module.__dict__)


def raise_from_outside():
    module.verbosity += 1


def body():
    before = module.verbosity
    threads = [Thread(target=module.raise_it), Thread(target=raise_from_outside)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert module.verbosity == before + 2
    assert sys.getrefcount(module) > 0
