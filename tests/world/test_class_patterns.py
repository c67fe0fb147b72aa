"""A class pattern reads the attributes that it takes by position."""

from dataclasses import dataclass

from together import together

from harness import explore


@dataclass
class Point:
    x: int = 0
    y: int = 0


class Slotted:
    __slots__ = ("x", "y")
    __match_args__ = ("x", "y")

    def __init__(self):
        self.x = self.y = 0


def outcomes_of(body):
    exploration = explore(body, search="exhaustive", stop_at_failure=False)
    assert exploration.complete, exploration.reason
    return {outcome.value for outcome in exploration.outcomes}


def test_both_are_read_at_once():
    def body():
        point, seen = Point(), []

        def write():
            point.x = 1
            point.y = 1

        def read():
            match point:
                case Point(x, y):
                    seen.append((x, y))

        together(write, read)
        return seen[0]

    assert outcomes_of(body) == {(0, 0), (1, 0), (1, 1)}


def test_attributes_in_slots_and_by_name_are_read_too():
    def body():
        point, seen = Slotted(), []

        def write():
            point.x = 1
            point.y = 1

        def read():
            match point:
                case Slotted(0, y=1):
                    seen.append("between")
                case Slotted(x):
                    seen.append(x)

        together(write, read)
        return seen[0]

    assert outcomes_of(body) == {0, 1}


def test_the_names_are_those_of_the_class_now():
    class Changing:
        __match_args__ = ("x",)
        x = 0
        y = 1

    def body():
        one, seen = Changing(), []

        def write():
            Changing.__match_args__ = ("y",)

        def read():
            match one:
                case Changing(value):
                    seen.append(value)

        together(write, read)
        return seen[0]

    assert outcomes_of(body) == {0, 1}


def test_objects_of_another_class_are_not_read():
    def body():
        point, seen = Point(), []

        def write():
            point.x = 1

        def read():
            match point:
                case Slotted(0, 0) | int(0) | str():
                    seen.append("it")
                case _:
                    seen.append("other")

        together(write, read)
        return seen[0]

    exploration = explore(body, search="exhaustive", stop_at_failure=False)

    assert exploration.executions == 1
