"""Put hooks into the functions in scope for the time of an exploration, and take them out again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import CodeType, FrameType, FunctionType
from typing import Any, TypeVar
from weakref import ref

from harness.instrument.finder import Heap
from harness.instrument.hand_over import marked
from harness.instrument.known_code import with_hooks
from harness.instrument.prologue import with_prologue
from harness.instrument.rewrite import rewrite
from harness.instrument.site import UNKNOWN, Hooks, Site
from harness.kinds import function_behind, is_a, namespace_of

_MOST_UNUSED = 300  # code objects without a function that are kept, because bodies are made anew


class _Code:
    """Be one code object in scope: as it was, with a prologue, and, once it ran, rewritten."""

    __slots__ = (
        *("functions", "has_hooks", "installed", "is_unused"),
        *("lean", "original", "sites"),
    )

    def __init__(self, original: CodeType, is_unused: Callable[[_Code], None]) -> None:
        self.original = original
        self.is_unused = is_unused  # called when its last function is gone
        self.installed = original  # what its functions get during an exploration
        self.has_hooks = False  # whether that is the rewritten code
        self.functions: dict[int, ref[FunctionType]] = {}
        self.sites: list[Site] = []  # of the hooks in `installed`, in their order
        self.lean: dict[tuple[bool, ...], CodeType] = {}  # which hooks it keeps -> the code

    @property
    def has_run(self) -> bool:
        """Say whether this exploration has passed any of its sites."""
        return any(site.asked != UNKNOWN for site in self.sites)

    def add(self, function: FunctionType) -> bool:
        """Take note of a function that has this code; say whether it is new."""
        key, functions = id(function), self.functions
        known = functions.get(key)
        if known is not None and known() is function:
            return False
        functions[key] = ref(function, lambda _: self._drop(key))
        return True

    def _drop(self, key: int) -> None:
        self.functions.pop(key, None)
        if not self.functions:
            self.is_unused(self)

    def give(self, code: CodeType) -> None:
        """Let every function that had the original code have `code`."""
        for reference in list(self.functions.values()):
            function = reference()
            if function is not None:
                function.__code__ = code

    def install(self, namespaces: dict[int, dict[str, Any]]) -> None:
        """Let every function have the code with hooks, and add its globals to `namespaces`."""
        installed = self.installed
        for reference in list(self.functions.values()):
            function = reference()
            if function is not None:
                function.__code__ = installed
                namespace = function.__globals__
                namespaces[id(namespace)] = namespace


class Installation:
    """Know the functions in scope of one choice of packages, for the whole session.

    Args:
        heap: where it looks for functions, and for what `early` returns.
        hooks: what that code calls.
        is_heard: says whether the hooks that are called now are points.
        abandon: ends the running execution, unless the call comes from elsewhere; with
            `at_once=False`, at the next point.
    """

    def __init__(
        self,
        heap: Heap,
        hooks: Hooks,
        is_heard: Callable[[], bool],
        abandon: Callable[..., None],
    ) -> None:
        self.scope = heap.scope
        self.met_new_code = False  # code ran that had no hooks yet
        self.ran_as_one_step: dict[str, str] = {}  # function -> why, in this exploration
        self.namespaces: dict[int, dict[str, Any]] = {}  # of what is installed now
        self._hooks = hooks
        self._heap = heap
        self._is_heard = is_heard
        self._abandon = abandon
        self._codes: dict[int, _Code] = {}
        self._unused: dict[int, _Code] = {}  # the one that has been so for longest comes first
        self._executed: dict[tuple[str, CodeType], CodeType] = {}  # what exec ran, with hooks
        self._early: list[ref[Any]] = []
        self._bodies: dict[int, CodeType] = {}
        self._leftovers: dict[int, tuple[str, ...]] = {}  # by the body's code
        self._modules = 0
        self._installed = False
        self._is_lean = False
        self._known_sites = 0  # when the codes were found that have run in this exploration
        self._have_run: list[_Code] = []

    def look_for_code(self, body: Callable[..., Any]) -> bool:
        """Take note of the functions that `body` may call; say whether its code is known already.

        The heap is searched when the body's code or a module is new; otherwise only what the
        body leads to.
        """
        code = code_of(body)
        known = id(code) in self._bodies and len(sys.modules) == self._modules
        if not known:
            if code is not None:
                self._bodies[id(code)] = code
                for oldest in _trimmed(self._bodies):
                    self._leftovers.pop(oldest, None)
            self._modules = len(sys.modules)
            self._add(*self._heap.found_for(code))
        self._add(*self._heap.reachable_from([body]))
        return known

    def note_leftovers(self, body: Callable[..., Any], names: tuple[str, ...]) -> None:
        """Take note of the containers that a body changes and that outlive it."""
        self._leftovers[id(code_of(body))] = names

    def leftovers_of(self, body: Callable[..., Any]) -> tuple[str, ...]:
        """Return what was noted for the body's code."""
        return self._leftovers.get(id(code_of(body)), ())

    def look_at_modules(self, names: Iterable[str]) -> None:
        """Take note of, and hook, the functions of modules imported during an exploration."""
        for name in names:
            module = sys.modules.get(name)
            namespace = namespace_of(module)
            if self.scope.contains_namespace(namespace):
                self._add(*self._heap.reachable_from(namespace.values()))

    @property
    def has_early(self) -> bool:
        """Say whether `early` may return anything."""
        return bool(self._early)

    def early(self) -> list[Any]:
        """Return the live objects of the types that the heap is searched for."""
        return [found for reference in self._early if (found := reference()) is not None]

    def install(self) -> None:
        """Give every known function its code with hooks."""
        self._installed = True
        self._is_lean = False
        self._known_sites = 0
        self.ran_as_one_step.clear()
        self._have_run.clear()
        for code in list(self._codes.values()):
            code.install(self.namespaces)

    def use_lean_code(self, lean: bool, known_sites: int) -> None:
        """Leave out, or put back, the hooks that would do nothing but count their points.

        That is half of what a small execution costs. Code is made anew when other hooks matter;
        what was made before is kept.

        Args:
            lean: whether to leave them out.
            known_sites: how many sites this exploration has passed so far; the others are all
                needed, and those of a long session are many.
        """
        if lean == self._is_lean:
            return
        self._is_lean = lean
        if lean and known_sites != self._known_sites:
            self._known_sites = known_sites
            self._have_run = [code for code in list(self._codes.values()) if code.has_run]
        for code in self._have_run:
            code.give(self._lean(code) if lean else code.installed)

    def uninstall(self) -> None:
        """Give every known function its own code back."""
        self._installed = False
        for code in list(self._codes.values()):
            code.give(code.original)
        self.namespaces = {}
        for forgotten in _trimmed(self._unused).values():
            # Its prologue knows it, and the collector looks for no circles in code.
            forgotten.installed = forgotten.original

    def instrument(self, code: CodeType, namespace: Mapping[str, Any]) -> CodeType:
        """Return code that is about to be run by `exec`, with hooks if it is in scope."""
        if not self.scope.contains(code, namespace):
            return code
        if id(code) in with_hooks:
            return code
        key = (code.co_filename, code)
        if key not in self._executed:
            self._executed[key] = self._rewrite(code, [])
            _trimmed(self._executed)
        return self._executed[key]

    def _add(self, functions: Iterable[FunctionType], others: Iterable[Any]) -> None:
        self._early = [reference for reference in self._early if reference() is not None]
        known = {id(found) for found in self.early()}
        for other in others:
            if id(other) not in known:  # several modules may have it
                known.add(id(other))
                self._early.append(ref(other))
        for function in functions:
            original = function.__code__
            if id(original) in with_hooks:
                continue  # rewritten code has made it
            code = self._codes.get(id(original))
            if code is None:
                code = self._unused.pop(id(original), None)
                if code is None:
                    code = _Code(original, self._put_aside)
                    code.installed = self._with_prologue(code)
                self._codes[id(original)] = code
            if code.add(function) and self._installed:
                function.__code__ = code.installed
                self.namespaces[id(function.__globals__)] = function.__globals__

    def _put_aside(self, code: _Code) -> None:
        self._codes.pop(id(code.original), None)
        self._unused[id(code.original)] = code

    def _with_prologue(self, code: _Code) -> CodeType:
        def first_run() -> None:
            if not code.has_hooks:
                code.has_hooks = True
                code.installed = self._rewrite(code.original, code.sites)
                code.give(code.installed)
            if not self._is_heard():
                return  # its hooks would have done nothing: it is called by the harness itself
            self.met_new_code = True
            name = code.original.co_name
            if name != "__del__" and not _is_importing():
                # Code without hooks must not touch anything that others see; but what a `with`
                # has changed is to be put back.
                self._abandon(at_once=name not in _ENDINGS)

        try:
            stub = with_prologue(code.original, first_run)
        except ValueError:  # it is no code of a function that Python has compiled
            return code.original
        with_hooks.note(stub)
        if self._hooks.hand_over is not None:
            marked.note(stub)  # by the time it has run, its functions have the marks
        return stub

    def _rewrite(self, code: CodeType, sites: list[Site]) -> CodeType:
        def place(site: Site) -> Site:
            sites.append(site)
            return site

        try:
            rewritten = rewrite(code, self._hooks, place)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            rewritten = with_prologue(code, partial(self._note_one_step, code.co_qualname, why))
        _note(rewritten)
        return rewritten

    def _note_one_step(self, name: str, why: str) -> None:
        self.ran_as_one_step[name] = why

    def _lean(self, code: _Code) -> CodeType:
        kept = tuple([site.is_needed for site in code.sites])
        if kept not in code.lean:
            sites = iter(code.sites)

            def place(_: Site) -> Site | None:
                site = next(sites)
                return site if site.is_needed else None

            code.lean[kept] = (
                code.installed if all(kept) else rewrite(code.original, self._hooks, place)
            )
            _note(code.lean[kept])
        return code.lean[kept]


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _trimmed(kept: dict[_Key, _Value]) -> dict[_Key, _Value]:
    """Take out what is in `kept` for longest, so that no session grows for ever, and return it."""
    return {key: kept.pop(key) for key in list(kept)[:-_MOST_UNUSED]}


def _is_importing() -> bool:
    """Say whether a module is being imported, which would stay half done in `sys.modules`."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.startswith(_IMPORT_SYSTEM):
            return True
        frame = frame.f_back
    return False


_ENDINGS = frozenset(("__exit__", "__aexit__"))
_IMPORT_SYSTEM = "<frozen importlib._bootstrap"


def code_of(body: Callable[..., Any]) -> CodeType | None:
    """Return the code that calling `body` runs first, `None` if it is no Python code."""
    called: Any = body
    while is_a(called, partial):
        called = called.func
    called = function_behind(called)
    if type(called) is not FunctionType:
        called = type(called).__call__
    return called.__code__ if type(called) is FunctionType else None


def _note(code: CodeType) -> None:
    with_hooks.note(code)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _note(constant)
