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
        self.tell(
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
        self.tell_what_is_left()

    def tell(self, operation):
        self.search.performed(operation)

    def tell_what_is_left(self):
        for task, operation in enumerate(self.next):
            if operation is not None:
                self.failed = True
                self.wait(task, operation)

    def wait(self, task, operation, more=()):
        touches = self.touches(operation)
        self.search.waiting(
            Operation(task, 0, touches + more, blocking=True, waits_for=touches[0][0])
        )


class RunWithDaemons(Run):
    """Run a program once, to the end of the last task that is no daemon.

    A task that is none ends by an operation. Of a daemon that has had no turn nobody knows what it
    does next, nor of one that could go on when all is over.
    """

    def __init__(self, search, program, numbers, daemons):
        self.daemons = daemons
        self.begun = set()
        self.ends = []  # the positions of the ends of those that are none
        super().__init__(search, program, numbers)
        self.left = [task for task in range(len(self.tasks)) if task not in daemons]

    def is_enabled(self, task):
        if not self.left:
            return False
        if self.next[task] is None:
            return task in self.left
        if task in self.daemons and task not in self.begun:
            return True
        return super().is_enabled(task)

    def touches(self, operation):
        if operation[0] == "end":
            return ((END, WRITE),) if len(self.left) == 1 else ()
        return super().touches(operation)

    def do(self, task):
        self.begun.add(task)
        if not self.is_enabled(task):
            return  # it waits for its first operation
        if self.next[task] is None:
            touches = self.touches(("end",))
            after = tuple(self.ends) if touches else ()
            self.search.performed(Operation(task, 0, touches, after, label="end"))
            self.ends.append(len(self.order))
            self.order.append((task, "end", task))
            self.left.remove(task)
        else:
            super().do(task)

    def tell(self, operation):
        if operation.task in self.daemons:
            operation.touches += ((END, READ),)
        super().tell(operation)

    def tell_what_is_left(self):
        left, self.left = self.left, [None]  # to ask who could go on if it were not over
        for task, operation in enumerate(self.next):
            if operation is None or (task not in self.daemons and task not in left):
                continue
            if self.is_enabled(task):
                unknown = Operation(task, 0, ((END, READ),), blocking=True, is_known=False)
                self.search.waiting(unknown)
            else:
                self.wait(task, operation, ((END, READ),) if task in self.daemons else ())
        self.left = left


END = (-1, "end of all")


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
