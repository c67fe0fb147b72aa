"""What goes through a container step by step, or later than it was made, meets what others do."""

from together import together

from harness import explore


class Awaited:
    """Be awaitable, and hand on the items of a list."""

    def __init__(self, items):
        self.items = items

    def __await__(self):
        return iter(self.items)


def awaited(items):
    async def wait():
        await Awaited(items)

    waiting, got = wait(), []
    try:
        while True:
            got.append(waiting.send(None))
    except StopIteration:
        return got


def delegated(items):
    yield from items


def seen_while(append, read):
    def body():
        items, seen = [1], []
        together(lambda: append(items), lambda: seen.extend(read(items)))
        return tuple(seen)

    exploration = explore(body, search="exhaustive", stop_at_failure=False)
    assert exploration.complete
    return {outcome.value for outcome in exploration.outcomes}


def append_and_take_away(items):
    items.append(2)
    items.pop(0)


def test_each_step_of_a_delegation_reads():
    outcomes = seen_while(append_and_take_away, lambda items: list(delegated(items)))

    assert outcomes == {(1,), (1, 2), (2,)}


def test_each_step_of_what_is_awaited_reads():
    assert seen_while(append_and_take_away, awaited) == {(1,), (1, 2), (2,)}
