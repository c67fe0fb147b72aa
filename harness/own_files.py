"""Which files are the harness's own, which of them programs use, and which are Python's own."""

from __future__ import annotations

import os

PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep
CONTROL = PACKAGE + "control" + os.sep
PRIMITIVES = CONTROL + "primitives" + os.sep  # what stands in for C code of threading
EXAMPLES = PACKAGE + "examples" + os.sep
SUBJECTS = (PACKAGE + "counters" + os.sep, EXAMPLES)  # code under test like the user's
LIBRARY = (PACKAGE + "mutex.py", PACKAGE + "scoped_threads.py")  # which users import and call
INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")  # parts of paths
_STANDARD_LIBRARY = (os.path.dirname(os.__file__) + os.sep, "<frozen ")


def is_of_the_library(filename: str) -> bool:
    """Say whether code of this file belongs to the standard library."""
    return filename.startswith(_STANDARD_LIBRARY) and not any(
        part in filename for part in INSTALLED
    )
