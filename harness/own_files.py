"""Which files are the harness's own, and which of them programs use like a library's."""

from __future__ import annotations

import os

PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep
CONTROL = PACKAGE + "control" + os.sep
PRIMITIVES = CONTROL + "primitives" + os.sep  # what stands in for C code of threading
EXAMPLES = PACKAGE + "examples" + os.sep
SUBJECTS = (PACKAGE + "counters" + os.sep, EXAMPLES)  # code under test like the user's
LIBRARY = (PACKAGE + "mutex.py", PACKAGE + "scoped_threads.py")  # which users import and call
INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")  # parts of paths
