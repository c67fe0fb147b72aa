"""Know which places in the code make a difference, and watch only these.

A search asks at a point only if some execution has shown that tasks touch the same location there
at the same time, one of them writing. What is not known yet is watched until it is.
"""

from __future__ import annotations

from collections.abc import Set

from harness.control.observing.observer import Observer
from harness.instrument.site import ASKED, NOT_ASKED, UNKNOWN, Site


class Contention:
    """Keep what the executions of one exploration have shown about the sites."""

    def __init__(self) -> None:
        self.contended: set[Site] = set()
        self.shared_resources = False
        self.unseen = ""  # what no execution shows the effect of
        self._quiet: set[Site] = set()
        self._lowered = False

    @property
    def found(self) -> bool:
        """Say whether anything makes a difference."""
        return bool(self.contended) or self.shared_resources

    @property
    def known(self) -> int:
        """Return the number of sites that have been passed."""
        return len(self.contended) + len(self._quiet)

    @property
    def quiet(self) -> Set[Site]:
        """Return the sites that have been passed and have made no difference so far."""
        return self._quiet

    def learn(self, observer: Observer) -> None:
        """Take over what an execution has shown."""
        self.shared_resources = self.shared_resources or observer.contended_resources
        self.unseen = self.unseen or observer.unseen
        new = observer.contended_sites - self.contended
        for site in new:
            site.asked = ASKED
            site.watched = True
        self.contended |= new
        self._quiet -= new
        for site in observer.known_sites - self.contended - self._quiet:
            site.asked = NOT_ASKED
            site.watched = not self._lowered
            self._quiet.add(site)

    def watch_all(self) -> None:
        """Let every hook go to the scheduler, so that an observer sees everything."""
        if self._lowered:
            self._lowered = False
            for site in self._quiet:
                site.watched = True

    def watch_contended(self) -> None:
        """Let only those hooks go to the scheduler that make a difference, or may."""
        if not self._lowered:
            self._lowered = True
            for site in self._quiet:
                site.watched = False

    def forget(self) -> None:
        """Leave every site as it was before the exploration."""
        for site in self._quiet | self.contended:
            site.watched = True
            site.asked = UNKNOWN
