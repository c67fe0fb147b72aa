"""What threads do to a shared object: promised for a later version."""

from typing import NoReturn

from harness.errors import UsageError


def operations(*args: object, **options: object) -> NoReturn:
    """Refuse: this version cannot draw operations yet.

    Raises:
        UsageError: always; the message shows what to write instead.
    """
    raise UsageError(
        "operations() is not available in this version. Draw the names of the methods yourself, "
        "like st.lists(st.sampled_from(['put', 'get']), min_size=1), one such list a thread, "
        "and call them in the body with getattr(shared, name)()."
    )
