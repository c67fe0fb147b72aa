"""Know code objects by their ids, for as long as they live."""

from __future__ import annotations

from types import CodeType
from weakref import ref


class KnownCode(dict[int, "ref[CodeType]"]):
    """Be code objects by their ids, which may be used again only when one has gone from here."""

    def note(self, code: CodeType) -> None:
        """Add a code object, without keeping it alive."""
        key = id(code)
        self[key] = ref(code, lambda _: self.pop(key, None))


with_hooks = KnownCode()  # code that has hooks already, of whichever installation
