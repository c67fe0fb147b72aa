"""Programs of generators, one a task, and what running one once tells a search.

They yield what they do next, `("read", x)`, `("write", x, value)`, `("acquire", x)` or
`("release", x)`, and get what was read.
"""

from harness.operation import READ, WRITE, Operation


class Run:
    """Run a program once, as the search says."""

    def __init__(self, search, program, numbers):
        self.search = search
        self.values = dict(getattr(program, "initial", {}))
        self.numbers = numbers
        self.owners = {}
        self.order = []
        self.failed = False
        self.tasks = program()
        self.next = [None] * len(self.tasks)
        for task in range(len(self.tasks)):
            self.go_on(task, None)

    def go_on(self, task, value):
        try:
            self.next[task] = self.tasks[task].send(value)
        except StopIteration:
            self.next[task] = None
        except AssertionError:
            self.next[task] = None
            self.failed = True

    def is_enabled(self, task):
        operation = self.next[task]
        if operation is None:
            return False
        return operation[0] != "acquire" or self.owners.get(operation[1]) is None

    def touches(self, operation):
        mode = READ if operation[0] == "read" else WRITE
        return (((self.numbers.setdefault(operation[1], len(self.numbers)), ""), mode),)

    def do(self, task):
        kind, what, *arguments = operation = self.next[task]
        value = self.values.get(what, 0)
        touches = self.touches(operation)
        self.search.performed(
            Operation(
                task,
                0,
                touches,
                blocking=kind == "acquire",
                opened=kind != "release",
                waits_for=touches[0][0] if kind == "acquire" else None,
                label=f"{kind} {what}",
            )
        )
        if kind == "write":
            self.values[what] = arguments[0]
        elif kind == "acquire":
            self.owners[what] = task
        elif kind == "release":
            self.owners[what] = None
        self.order.append((task, kind, what))
        self.go_on(task, value)

    def run(self):
        current = 0
        while True:
            enabled = [task for task in range(len(self.tasks)) if self.is_enabled(task)]
            if not enabled:
                break
            if current in enabled:
                enabled.remove(current)
                enabled.insert(0, current)
            current = enabled[0]
            if len(enabled) > 1:
                current = self.search.choose(enabled, current, 0, 0)
            self.do(current)
        for task, operation in enumerate(self.next):
            if operation is not None:
                self.failed = True
                touches = self.touches(operation)
                self.search.waiting(
                    Operation(task, 0, touches, blocking=True, waits_for=touches[0][0])
                )


def trace_of(order):
    """Return the conflicting pairs in their order: what two executions of a trace have in common."""
    counts, earlier, pairs = {}, {}, set()
    for task, kind, what in order:
        counts[task] = index = counts.get(task, 0) + 1
        for other in earlier.setdefault(what, []):
            if kind != "read" or other[2] != "read":
                pairs.add((other, (task, index, kind)))
        earlier[what].append((task, index, kind))
    return frozenset(pairs), tuple(sorted(counts.items()))
