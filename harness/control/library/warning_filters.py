"""`warnings.catch_warnings` since 3.14: under a lock of C, each exchange of the filters is one step.

A task that was stopped there would hold the real lock, which other tasks pass, or get stuck at.
"""

from __future__ import annotations

import warnings
from _thread import get_ident
from collections.abc import Callable
from typing import Any

from harness.control.environment.rebinding import rebound
from harness.control.hooks import call_nothing, call_stars
from harness.control.library.callbacks import site_of_calls
from harness.control.observing.open_calls import stand_ins
from harness.control.scheduling.scheduler import running
from harness.instrument.site import Site

_original_enter = warnings.catch_warnings.__enter__
_original_exit = warnings.catch_warnings.__exit__


def enter(self: Any) -> Any:
    """Exchange the filters; adding one, if that is wanted, is another step."""
    if running.thread_ident != get_ident():
        return _original_enter(self)
    _announce(self, _original_enter, _AT_ENTER)
    added, self._filter = self._filter, None
    try:
        log = _original_enter(self)
    finally:
        self._filter = added
    if added is not None:
        call_stars(self._module.simplefilter, added, None, _AT_ENTER)
        self._module.simplefilter(*added)
    return log


def leave(self: Any, *about: Any) -> None:
    """Put the filters back."""
    if running.thread_ident == get_ident():
        _announce(self, _original_exit, _AT_EXIT)
    _original_exit(self, *about)


def _announce(manager: Any, function: Callable[..., Any], site: Site) -> None:
    call_nothing(function, site)
    for name in _EXCHANGED:
        rebound.attribute(manager._module, name)


_EXCHANGED = ("filters", "showwarning", "_showwarnmsg_impl")
_AT_ENTER = site_of_calls(_original_enter)
_AT_EXIT = site_of_calls(_original_exit)
stand_ins.update((id(enter.__code__), id(leave.__code__)))

# Where each context has filters of its own, nobody can come in between.
_ARE_SHARED = not getattr(warnings, "_use_context", False)
PATCHES: dict[str, Callable[..., Any]] = (
    {"__enter__": enter, "__exit__": leave} if hasattr(warnings, "_lock") and _ARE_SHARED else {}
)
