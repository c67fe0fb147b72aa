"""What stands in for the standard streams of a script."""

from __future__ import annotations

import builtins
import io
import sys
from _thread import get_ident
from collections.abc import Callable
from typing import Any, NoReturn

from harness.control.scheduling.scheduler import running

_real_print = builtins.print


class Output(io.TextIOBase):
    """Keep what is written; writing is a switch point, because the order of lines can be seen.

    One is used in all executions of a script: what keeps a stream, like the handlers of logging,
    keeps the right one.

    Args:
        name: what the table calls it.
        watched: whether the order matters.
    """

    def __init__(self, name: str, *, watched: bool) -> None:
        self._name = name
        self._watched = watched
        self._parts: list[str] = []
        self.buffer = _Bytes(self)

    @property
    def encoding(self) -> str:  # type: ignore[override]  # typeshed has an attribute
        """Return the encoding that bytes are taken to have."""
        return "utf-8"

    def write(self, text: str, /) -> int:
        """Keep a text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._watched and running.thread_ident == get_ident():
            running.synchronize(running.current, "print", self)
        self._parts.append(text)
        return len(text)

    def writable(self) -> bool:
        """Say that it can be written."""
        return True

    def begin(self) -> None:
        """Forget what was written."""
        self._parts.clear()

    def text(self) -> str:
        """Return all that was written."""
        return "".join(self._parts)


class _Bytes(io.RawIOBase):
    def __init__(self, output: Output) -> None:
        self._output = output

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._output.write(bytes(data).decode("utf-8", "replace"))
        return len(data)


class Refusing(io.TextIOBase):
    """Be a standard input that nobody may read.

    Args:
        refuse: raises what ends the script.
    """

    def __init__(self, refuse: Callable[[], NoReturn]) -> None:
        self._refuse = refuse

    @property
    def buffer(self) -> NoReturn:
        """Refuse to be read as bytes."""
        self._refuse()

    def read(self, size: int | None = -1, /) -> str:
        """Refuse."""
        self._refuse()

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]  # bytes is IOBase's
        """Refuse."""
        self._refuse()

    def __next__(self) -> str:  # type: ignore[override]  # see readline
        self._refuse()


def print_(
    *values: object,
    sep: str | None = " ",
    end: str | None = "\n",
    file: Any = None,
    flush: bool = False,
) -> None:
    """Print as one step: one switch point before it, none within."""
    target = sys.stdout if file is None else file
    if isinstance(target, Output):
        text = io.StringIO()
        _real_print(*values, sep=sep, end=end, file=text)
        target.write(text.getvalue())
    else:
        _real_print(*values, sep=sep, end=end, file=target, flush=flush)


print_.__name__ = print_.__qualname__ = "print"
