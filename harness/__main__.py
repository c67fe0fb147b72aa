"""Run the command line: `python -m harness` is `harness`."""

from __future__ import annotations

import sys

from harness.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
