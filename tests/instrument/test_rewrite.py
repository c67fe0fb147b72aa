"""The hooks of rewritten code see what it touches, and the code does what it did."""

import asyncio
import dataclasses
import dis
import json.decoder
import sys
import textwrap
import traceback
from threading import Thread
from types import CellType, CodeType, FunctionType
from unittest.mock import Mock

import pytest

from harness import explore
from harness.instrument import rewrite as rewriting
from harness.instrument.rewrite import rewrite
from harness.instrument.site import Hooks

# ruff: noqa: B018, B023, F841, PLC3002, PLW2901, UP008, UP050  the bodies are what is tested

REPLACING = {"enter", "lock_attribute", "queue_attribute"}
KINDS = [field.name for field in dataclasses.fields(Hooks) if field.name != "hand_over"]
BUT_BEGIN = [kind for kind in KINDS if kind != "begin"]


class Recorder:
    """Provide hooks that write down their calls as (kind, name, operands …)."""

    def __init__(self):
        self.events = []
        self.sites = []
        self.hooks = Hooks(**{kind: self.hook(kind) for kind in KINDS})

    def hook(self, kind):
        def record(*operands_and_site):
            *operands, site = operands_and_site
            assert site.kind == kind
            name = (site.name,) if site.name else ()
            self.events.append((kind, *name, *operands))
            return operands[0] if kind in REPLACING else None

        return record

    def rewritten(self, function):
        def place(site):
            self.sites.append(site)
            return site

        return with_code(function, rewrite(function.__code__, self.hooks, place))


def with_code(function, code):
    copy = FunctionType(
        code,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def observed(function, *arguments, only=BUT_BEGIN):
    """Return the events of one call of the function, rewritten."""
    recorder = Recorder()
    recorder.rewritten(function)(*arguments)
    return [event for event in recorder.events if event[0] in only]


def hooks_with(**replaced):
    """Return hooks that do nothing but for the given ones."""

    def observe(*operands_and_site):
        pass

    def keep(operand, site):
        return operand

    hooks = {kind: keep if kind in REPLACING else observe for kind in KINDS}
    return Hooks(**{**hooks, **replaced})


class Box:
    def __init__(self, **attributes):
        vars(self).update(attributes)

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        return False

    def method(self, *arguments, **keywords):
        return arguments


class InterruptionError(BaseException):
    """What a hook raises in these tests."""


# Attributes.


def test_reading_writing_and_deleting_an_attribute():
    def body(box):
        box.b = box.a
        del box.b

    box = Box(a=1)
    assert observed(body, box) == [
        ("read_attribute", "a", box),
        ("write_attribute", "b", box, 1),
        ("delete_attribute", "b", box),
    ]


def test_an_augmented_attribute_is_read_and_written():
    def body(box):
        box.n += 5

    box = Box(n=2)
    assert observed(body, box) == [
        ("read_attribute", "n", box),
        ("inplace", 2, 5),
        ("write_attribute", "n", box, 7),
    ]


def test_a_method_is_called_bound():
    def body(items):
        items.append(3)

    items = []
    read, call = observed(body, items)
    assert read == ("read_attribute", "append", items)
    assert call == ("call", items.append, 3)
    assert call[1].__self__ is items


@pytest.mark.parametrize(
    "name", ["acquire", "release", "locked", "acquire_lock", "release_lock", "locked_lock"]
)
@pytest.mark.parametrize("text", ["return lock.{}()", "method = lock.{}; return method()"])
def test_the_object_whose_lock_method_is_read_is_replaced(name, text):
    twin = Box(**{name: lambda: "twin's"})
    hooks = hooks_with(lock_attribute=lambda lock, site: twin if site.name == name else lock)
    scope = {}
    exec(f"def body(lock): {text.format(name)}", scope)
    body = with_code(scope["body"], rewrite(scope["body"].__code__, hooks))
    assert body(Box()) == "twin's"


# Cells and names.


def test_cells_are_given_themselves():
    def body():
        value = 1

        def inner():
            nonlocal value
            value = value + 1
            del value

        inner()

    write, call, *rest = observed(body)
    kind, name, cell, value = write
    assert (kind, name, value) == ("write_cell", "value", 1)
    assert isinstance(cell, CellType)
    assert call[0] == "call_nothing"
    assert rest == [
        ("read_cell", "value", cell),
        ("write_cell", "value", cell, 2),
        ("delete_cell", "value", cell),
    ]


def test_a_cell_that_is_an_argument():
    def body(value):
        value += 1
        return lambda: value

    kinds = [event[:2] for event in observed(body, 1)]
    assert kinds == [("read_cell", "value"), ("inplace", 1), ("write_cell", "value")]


def test_a_cell_of_the_function_around():
    shared = [1]

    def body():
        return shared

    assert observed(body) == [("read_cell", "shared", body.__closure__[0])]


def test_a_cell_read_in_a_class_body():
    def body(value):
        class Made:
            copy = value

        return Made

    (read, write) = observed(body, 7)
    assert read[:2] == ("read_cell", "value")
    assert read[2].cell_contents == 7
    assert write == ("write_name", "copy", 7)


def test_a_cell_captured_in_a_comprehension():
    def body(items):
        return [lambda: item for item in items]

    recorder = Recorder()
    functions = recorder.rewritten(body)([1, 2])
    assert [function() for function in functions] == [2, 2]
    assert [event[3] for event in recorder.events if event[0] == "write_cell"] == [1, 2]
    assert [event[1] for event in recorder.events if event[0] == "read_cell"] == ["item", "item"]


def test_globals():
    scope = {}
    exec("def body():\n    global n\n    n = 1\n    n += 1\n    del n", scope)
    assert observed(scope["body"]) == [
        ("write_name", "n", 1),
        ("read_name", "n"),
        ("inplace", 1, 1),
        ("write_name", "n", 2),
        ("delete_name", "n"),
    ]


def test_names_of_a_module_and_a_class_body():
    recorder = Recorder()
    source = "a = 1\nclass Made:\n    '''A docstring.'''\n    b = a\n    del b\ndel a\n"
    code = compile(source, "<test>", "exec")
    exec(rewrite(code, recorder.hooks), {"__name__": "test"})
    events = [event for event in recorder.events if event[1] != "Made"]
    assert events == [
        ("write_name", "a", 1),
        ("read_name", "a"),
        ("write_name", "b", 1),
        ("delete_name", "b"),
        ("delete_name", "a"),
    ]


# Items, membership, iteration.


def test_items():
    def body(items):
        items["b"] = items["a"]
        items["a"] += 1
        del items["a"]

    items = {"a": 1}
    assert observed(body, items) == [
        ("read_item", items, "a"),
        ("write_item", items, "b", 1),
        ("read_item", items, "a"),
        ("inplace", 1, 1),
        ("write_item", items, "a", 2),
        ("delete_item", items, "a"),
    ]


def test_slices_with_constant_and_computed_bounds():
    def body(items, start):
        items[1:2] = items[start:]
        items[::2] = items[0:2]

    items = [1, 2]
    kinds = [(event[0], event[1] is items, *event[2:]) for event in observed(body, items, 0)]
    assert kinds == [
        ("read_slice", True),
        ("write_slice", True, [1, 2]),
        ("read_slice", True),
        ("write_slice", True, [1, 1]),
    ]
    assert items == [1, 1, 1]


def test_membership():
    def body(items):
        return 1 in items, 2 not in items

    items = [1]
    assert observed(body, items) == [("contains", items, 1), ("contains", items, 2)]


def test_a_loop_starts_once_and_steps_before_every_item_and_the_end():
    def body(items):
        for _ in items:
            pass

    items = ["a", "b"]
    start, *steps = observed(body, items)
    assert start == ("iterate", items)
    assert [kind for kind, _ in steps] == ["step"] * 3
    if sys.version_info >= (3, 15):
        assert all(stepped is items for _, stepped in steps)
    else:
        assert {type(stepped) for _, stepped in steps} == {type(iter(items))}


def test_the_step_runs_after_continue_too():
    def body(items):
        for item in items:
            if item == 1:
                continue
            if item == 3:
                break

    assert len(observed(body, [1, 2, 3, 4], only={"step"})) == 3


def test_delegating_to_an_iterable():
    def body(items):
        yield from items

    recorder = Recorder()
    items = [1, 2]
    assert list(recorder.rewritten(body)(items)) == items
    assert recorder.events[:2] == [("resume",), ("iterate", items)]
    kinds = [(kind, type(operand)) for kind, operand in recorder.events[2:]]
    stepped = list if sys.version_info >= (3, 15) else type(iter(items))
    assert kinds == [("delegate", stepped)] * 3


def test_a_generator_is_observed_each_time_it_gets_the_turn():
    def body():
        got = yield 1
        try:
            yield got
        except KeyError:
            yield 3

    recorder = Recorder()
    generator = recorder.rewritten(body)()
    assert [next(generator), generator.send(2), generator.throw(KeyError)] == [1, 2, 3]
    assert list(generator) == []
    assert [event[0] for event in recorder.events if event[0] == "resume"] == ["resume"] * 3


def test_a_generator_that_starts_with_a_loop_gets_the_turn_no_more_often():
    def body():
        while True:
            yield 1

    recorder = Recorder()
    generator = recorder.rewritten(body)()
    assert [next(generator) for _ in range(3)] == [1, 1, 1]
    assert recorder.events == [("resume",)] * 3


def test_unpacking():
    def body(items, more):
        a, b = items
        c, *d = items
        e = [*items], {*items}, {**more}
        return a, b, c, d, e

    items, more = [1, 2], {"x": 1}
    assert observed(body, items, more) == [("unpack", items)] * 4 + [("unpack", more)]


def test_unpacking_into_a_call():
    def body(function, items, more):
        function(*items)
        function(0, *items)
        function(**more)
        function(0, *items, a=1, **more)

    items, more = [1, 2], {"x": 1}
    method = Box().method
    events = observed(body, method, items, more)
    assert [event for event in events if event != ("unpack", ())] == [
        ("unpack", items),
        ("call_stars", method, items, None),
        ("unpack", items),
        ("call_stars", method, (0, 1, 2), None),
        ("unpack", more),
        ("call_stars", method, (), more),
        ("unpack", items),
        ("unpack", more),
        ("unpack", (0, 1, 2)),
        ("call_stars", method, (0, 1, 2), {"a": 1, "x": 1}),
    ]


def test_unpacking_what_was_just_made_is_not_observed():
    def body(a, b, c, d):
        a, b, c, d = d, c, b, a
        [a, b, c, d] = [d, c, b, a]
        return [1, 2, 3, 4], {1, 2, 3, 4}

    assert observed(body, 1, 2, 3, 4) == []


# Truth.


def test_truth_values():
    def body(items):
        if items:
            pass
        while not items:
            pass
        assert items
        return not items, items and 1, items or 2, 3 if items else 4

    items = [1]
    assert observed(body, items) == [("truth", items)] * 7


def test_the_truth_of_a_comparison_is_not_observed():
    def body(a, b):
        if (a == b and a is not b) or not a != b:
            pass
        while a < b < 5:
            break
        return True if a == b else a is None or b == 2

    assert observed(body, 1, 2, only={"truth"}) == []


def test_operators_are_observed_unless_one_side_is_a_constant():
    def body(a, b):
        return a == b, a < b, a + b, a | b, a is b, a == 1, a + 1, -b, not b

    assert observed(body, 1, 2, only={"operate"}) == [("operate", 1, 2)] * 4


def test_what_a_generator_expression_yields_is_observed_unless_it_cannot_change():
    def body(items):
        return list(one for one in [items]), any(one == 1 for one in items)

    items = [1]
    assert observed(body, items, only={"operate"}) == [("operate", items, items)]


def test_a_value_that_another_branch_may_have_made_is_observed():
    def body(a, items):
        if (a == 1) if a else items:
            pass

    assert observed(body, 0, [1]) == [("truth", 0), ("truth", [1])]


# Calls.


def test_calls():
    def body(function):
        function()
        function(1)
        function(1, 2)
        function(a=3)
        function(1, a=3)
        function(None, None, None)
        function(1, 2, *[3])
        function(1, 2, 3, a=4)

    function = Box().method
    assert observed(body, function) == [
        ("call_nothing", function),
        ("call", function, 1),
        ("call_two", function, 1, 2),
        ("call", function, 3),
        ("call_two", function, 1, 3),
        ("call_many", function, (None, None, None)),
        ("call_stars", function, (1, 2, 3), None),
        ("call_many", function, (1, 2, 3, 4)),
    ]


def test_calls_of_calls_and_of_functions_made_in_place():
    def body(make):
        return make()()(1), (lambda: 2)(), (lambda a: a)(3)

    def make():
        return identity_maker

    def identity_maker():
        return abs

    calls = observed(body, make)
    assert calls[:3] == [
        ("call_nothing", make),
        ("call_nothing", identity_maker),
        ("call", abs, 1),
    ]
    assert [event[0] for event in calls[3:]] == ["call_nothing", "call"]


def test_a_decorator_is_called_with_what_it_decorates():
    kept = []

    def body(decorate, factory):
        @decorate
        @factory(1)
        def function():
            pass

        @decorate
        class Made:
            pass

    def decorate(made):
        kept.append(made)
        return made

    def factory(_):
        return decorate

    events = observed(body, decorate, factory)
    assert events[0] == ("call", factory, 1)
    assert kept[0] is kept[1]
    if sys.version_info >= (3, 13):  # before that, what they decorate lies where a callable lies
        assert events[1:] == [("call", decorate, made) for made in kept]


def test_the_calls_that_the_compiler_adds_are_not_observed():
    def body(box, items):
        with box:
            pass
        with box as entered:
            entered = None

        class Made(Box, metaclass=type):
            pass

        return [i for i in items], list({i: 0 for i in items}), (i for i in items)

    calls = observed(body, Box(), [1], only={"call", "call_nothing"})
    assert calls == [("call", list, {1: 0})]


def test_super_works_in_all_its_forms():
    class Base:
        def method(self, *arguments, **keywords):
            return (type(self).__name__, *arguments, *keywords)

        @classmethod
        def create(cls):
            return cls()

        value = 1

    class Derived(Base):
        def method(self, *arguments, **keywords):
            short = super().method(*arguments, **keywords)
            long = super(Derived, self).method(1)
            parent = super()
            return short, long, super().method(1, a=2), super().value, parent.method()

        @classmethod
        def create(cls):
            return super().create()

    recorder = Recorder()
    Derived.method = recorder.rewritten(Derived.method)
    Derived.create = classmethod(recorder.rewritten(Derived.create.__func__))
    made = Derived.create()
    assert made.method(3, b=4) == (
        ("Derived", 3, "b"),
        ("Derived", 1),
        ("Derived", 1, "a"),
        1,
        ("Derived",),
    )
    if sys.version_info >= (3, 12):  # before that the object that super() makes is one as any other
        reads = [event[1:3] for event in recorder.events if event[0] == "super_attribute"]
        assert reads.count(("method", Derived)) == 3
        assert reads[-1] == ("value", Derived)
    called = [event[1] for event in recorder.events if event[0].startswith("call")]
    methods = [bound for bound in called if getattr(bound, "__self__", None) is made]
    assert [bound.__func__ for bound in methods] == [Base.method] * 4


def test_super_with_its_object_in_a_cell():
    class Base:
        def method(self):
            return "base's"

    class Derived(Base):
        def method(self):
            return [super(Derived, self).method() for _ in range(1)], lambda: self, super().method()

    Derived.method = Recorder().rewritten(Derived.method)
    first, _, second = Derived().method()
    assert (first, second) == (["base's"], "base's")


# With.


def test_the_context_manager_is_replaced():
    entered = []

    class Twin(Box):
        def __enter__(self):
            entered.append(self)
            return "twin's"

    def body(box):
        with box as value, box:
            return value

    twin = Twin()
    code = rewrite(body.__code__, hooks_with(enter=lambda manager, site: twin))
    assert with_code(body, code)(Box()) == "twin's"
    assert entered == [twin, twin]


def test_an_asynchronous_context_manager_is_not_replaced():
    class Manager:
        async def __aenter__(self):
            return 1

        async def __aexit__(self, *raised):
            return False

    async def body(manager):
        async with manager as value:
            return value

    recorder = Recorder()
    assert asyncio.run(recorder.rewritten(body)(Manager())) == 1
    assert [kind for kind, *_ in recorder.events] == ["begin", "delegate", "delegate"]


# Where code can stand.


def test_code_within_code_is_rewritten():
    def body(box):
        def nested():
            return box.nested

        def generator():
            yield box.generator

        class Made:
            attribute = box.class_body

            @property
            def value(self):
                return box.property

        (lambda: box.function)()
        nested()
        list(generator())
        _ = Made().value
        return [box.comprehension for _ in range(1)], list(box.expression for _ in range(1))

    names = ["class_body", "function", "nested", "generator", "property"]
    box = Box(**dict.fromkeys([*names, "comprehension", "expression"], 0))
    events = observed(body, box, only={"read_attribute"})
    seen = [name for _, name, obj in events if obj is box]
    assert seen == [*names, "comprehension", "expression"]


def test_asynchronous_functions():
    class Numbers:
        async def __aiter__(self):
            yield 1

    def body(box):
        async def asynchronous():
            async for number in Numbers():
                box.n += number
            return [box.n async for _ in Numbers()]

        return asyncio.run(asynchronous())

    box = Box(n=0)
    recorder = Recorder()
    assert recorder.rewritten(body)(box) == [1]
    assert [e[0] for e in recorder.events if e[-1] is box or e[0] == "write_attribute"] == [
        "read_attribute",
        "write_attribute",
        "read_attribute",
    ]


def test_a_generator_keeps_its_protocol():
    def body(box):
        try:
            while True:
                box.received = yield box.received
        except ValueError:
            yield "thrown"
        finally:
            box.closed = True

    box = Box(received=0)
    generator = Recorder().rewritten(body)(box)
    assert [next(generator), generator.send(5), generator.throw(ValueError)] == [0, 5, "thrown"]
    generator.close()
    assert box.closed


def test_executed_code():
    recorder = Recorder()
    scope = {"box": Box(a=1)}
    exec(rewrite(compile("x = [box.a for _ in (1, 2)]", "<test>", "exec"), recorder.hooks), scope)
    reads = [event for event in recorder.events if event[0] == "read_attribute"]
    assert reads == [("read_attribute", "a", scope["box"])] * 2
    assert scope["x"] == [1, 1]


def test_match_statements():
    class Point:
        __match_args__ = ("x", "y")

        def __init__(self, x, y):
            self.x, self.y = x, y

    def body(subject):
        match subject:
            case []:
                return "empty"
            case [1, *rest]:
                return rest
            case {"key": value, **rest}:
                return value, rest
            case Point(0, y) | Point(x=y, y=0):
                return "on an axis", y
            case str() | None as simple if simple:
                return simple
        return "no match"

    subjects = [[], [1, 2, 3], {"key": 1, "b": 2}, Point(0, 5), Point(5, 0), "text", "", None]
    rewritten = Recorder().rewritten(body)
    assert [rewritten(subject) for subject in subjects] == [body(subject) for subject in subjects]
    assert (
        observed(body, subjects[1], only={"unpack", "truth"})
        == [
            ("unpack", subjects[1])  # to look at its length, twice, and to take it apart
        ]
        * 3
    )


# Exceptions.


def test_what_a_hook_raises_is_caught_by_the_try_around_it():
    def raise_interruption(*operands_and_site):
        raise InterruptionError

    def body(box, seen):
        try:
            seen.append("try")
            box.a
        except InterruptionError:
            seen.append("except")
        else:
            seen.append("else")
        finally:
            seen.append("finally")

    def interrupt_a(box, site):
        if site.name == "a":
            raise InterruptionError

    seen = []
    with_code(body, rewrite(body.__code__, hooks_with(read_attribute=interrupt_a)))(Box(), seen)
    assert seen == ["try", "except", "finally"]


@pytest.mark.parametrize("kind", ["write_attribute", "iterate", "step", "truth", "read_item"])
def test_what_a_hook_raises_leaves_the_with_around_it(kind):
    class Manager(Box):
        def __exit__(self, kind, *rest):
            exits.append(kind)
            return True

    def interrupt(*operands_and_site):
        raise InterruptionError

    def body(manager, box):
        with manager:
            box.attribute = 1
            for item in [[1]]:
                if item:
                    item[0]
            exits.append("not reached")
        return "after"

    exits = []
    code = rewrite(body.__code__, hooks_with(**{kind: interrupt}))
    assert with_code(body, code)(Manager(), Box()) == "after"
    assert exits == [InterruptionError]


def test_what_a_hook_raises_on_entering_is_outside_the_with():
    exits = []

    class Manager(Box):
        def __exit__(self, *raised):
            exits.append(raised)

    def interrupt(manager, site):
        raise InterruptionError

    def body(manager):
        with manager:
            pass

    function = with_code(body, rewrite(body.__code__, hooks_with(enter=interrupt)))
    with pytest.raises(InterruptionError):
        function(Manager())
    assert exits == []


def test_the_first_access_of_a_try_is_within_it_and_the_first_after_it_is_not():
    def body(box):
        try:
            box.first
        except InterruptionError:
            return "caught"
        box.second
        return "not raised"

    def interrupting(name):
        def interrupt(box, site):
            if site.name == name:
                raise InterruptionError

        return with_code(body, rewrite(body.__code__, hooks_with(read_attribute=interrupt)))

    box = Box(first=1, second=2)
    assert interrupting("first")(box) == "caught"
    with pytest.raises(InterruptionError):
        interrupting("second")(box)


def where_it_fails(function, *arguments):
    with pytest.raises(ZeroDivisionError) as caught:
        function(*arguments)
    *_, frame = traceback.extract_tb(caught.value.__traceback__)
    return frame.lineno, frame.end_lineno, frame.colno, frame.end_colno


def test_a_traceback_points_at_the_same_line_and_columns():
    def body(box):
        total = box.a + box.b
        return [
            total,
            (box.a + box.zero) / box.zero,
        ]

    box = Box(a=1, b=2, zero=0)
    expected = where_it_fails(body, box)
    assert where_it_fails(Recorder().rewritten(body), box) == expected
    assert expected[2] is not None


def test_what_a_hook_raises_points_at_the_instruction_it_was_about():
    def interrupt(box, site):
        raise ZeroDivisionError

    def body(box):
        return box.missing

    function = with_code(body, rewrite(body.__code__, hooks_with(read_attribute=interrupt)))
    with pytest.raises(ZeroDivisionError) as caught:
        function(Box())
    with pytest.raises(AttributeError) as expected:
        body(Box())
    frames = [traceback.extract_tb(raised.value.__traceback__) for raised in (caught, expected)]
    mine, original = frames[0][-2], frames[1][-1]
    assert (mine.lineno, mine.colno) == (original.lineno, original.colno)
    assert mine.end_colno == original.end_colno


# The code as a whole.


def code_within(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from code_within(constant)


def standard_code():
    for module in (dataclasses, json.decoder, textwrap):
        with open(module.__file__, encoding="utf-8") as source:
            yield from code_within(compile(source.read(), module.__file__, "exec"))


def placed(code):
    """Return the instructions with their positions; EXTENDED_ARG depends on how far jumps go."""
    return [
        (one.opname.replace("LOAD_METHOD", "LOAD_ATTR"), one.positions)
        for one in dis.get_instructions(code)
        if one.opname != "EXTENDED_ARG"
    ]


def test_every_instruction_survives_in_order_with_its_position():
    for code in standard_code():
        rewritten = iter(placed(rewrite(code, hooks_with())))
        # `in` takes from the iterator up to what it finds: the order counts.
        lost = [expected for expected in placed(code) if expected not in rewritten]
        assert lost == []


def test_what_describes_the_code_survives():
    kept = [
        *("co_argcount", "co_cellvars", "co_filename", "co_firstlineno", "co_flags", "co_freevars"),
        *("co_kwonlyargcount", "co_name", "co_names", "co_posonlyargcount", "co_qualname"),
        "co_varnames",
    ]
    for code in standard_code():
        rewritten = rewrite(code, hooks_with())
        assert [getattr(rewritten, name) for name in kept] == [getattr(code, name) for name in kept]
        constants = zip(code.co_consts, rewritten.co_consts, strict=False)
        assert all(
            old is new
            or isinstance(old, CodeType)
            # A build without a GIL makes equal constants one.
            or (type(old) in (int, tuple) and repr(old) == repr(new))
            for old, new in constants
        )


def test_sites_tell_where_they_are():
    def body(box):
        box.a = 1

        def inner():
            return box.b

        return inner

    recorder = Recorder()
    recorder.rewritten(body)
    inner = next(code for code in code_within(body.__code__) if code.co_name == "inner")
    first = body.__code__.co_firstlineno
    assert [(site.kind, site.name, site.line - first) for site in recorder.sites] == [
        ("read_cell", "box", 1),
        ("write_attribute", "a", 1),
        ("read_cell", "box", 4),
        ("read_attribute", "b", 4),
    ]
    assert [site.code for site in recorder.sites] == [body.__code__] * 2 + [inner] * 2


def test_a_docstring_and_defaults_survive():
    def body(a=1, *, b=2):
        """Say what body does."""
        return a + b

    rewritten = Recorder().rewritten(body)
    assert (rewritten.__doc__, rewritten()) == ("Say what body does.", 3)


@pytest.mark.parametrize("statements", [10, 40, 300, 3_000])
def test_long_jumps_and_many_names_and_constants(statements):
    lines = ["def body(box, rounds):", "    total = 0", "    for round in range(rounds):"]
    lines += ["        try:"]
    for number in range(statements):
        lines.append(f"            box.a{number} = total = total + {number + 1_000}")
    lines += ["            if round == 1: raise KeyError", "        except KeyError:"]
    lines += ["            total += 1", "    return total"]
    scope = {}
    exec("\n".join(lines), scope)
    body = scope["body"]
    plain, watched = Box(), Box()
    assert Recorder().rewritten(body)(watched, 3) == body(plain, 3)
    assert vars(plain) == vars(watched)


def test_nothing_holds_where_a_function_could_not_be_rewritten(monkeypatch):
    counts = {"n": 0}

    def add():
        one = 1
        counts["n"] += one
        del one

    def body():
        counts["n"] = 0
        threads = [Thread(target=add) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert counts["n"] == 2
        del threads

    # An instruction that nothing else here has: what failed is noted for the whole session.
    failing = Mock(side_effect=KeyError("an instruction"))
    monkeypatch.setitem(rewriting._RULES, "DELETE_FAST", failing)

    for _ in range(2):  # it is known the second time
        exploration = explore(body, search="exhaustive")
        assert exploration.verdict == "inconclusive"
        assert "body ran without switch points" in exploration.reason
        assert "KeyError: 'an instruction'" in exploration.reason


WITHOUT_A_POINT = {
    "an operator": lambda item: -item,
    "a display": lambda item: [],
    "an operator on what may be a container": lambda item: item + item,
    "a call": lambda item: (lambda: item)(),
}


@pytest.mark.parametrize("name", WITHOUT_A_POINT)
def test_code_without_a_point_of_its_own_has_one_where_it_begins(name):
    assert observed(WITHOUT_A_POINT[name], 1, only=["begin"])[0] == ("begin",)


def test_code_that_starts_with_a_loop_begins_once():
    def body(rounds):
        while rounds:
            rounds = rounds - 1

    assert observed(body, 3, only=["begin"]) == [("begin",)]


def test_code_with_another_point_needs_none():
    assert observed(lambda box: box.x, Box(x=1), only=["begin"]) == []
    assert observed(lambda box: [box for _ in box.x], Box(x=[1]), only=["begin"]) == []


def test_what_is_formatted_is_observed():
    items = [1]
    for text in (lambda: f"{items}", lambda: f"{items!r}", lambda: f"{items!s:>9}"):
        assert ("operate", items, items) in observed(text)


def test_the_attributes_that_a_pattern_names_are_read():
    def body(box):
        match box:
            case Box(x=1, y=2):
                return True

    read = [event for event in observed(body, Box(x=1, y=2)) if event[0] == "read_attribute"]
    assert [event[1] for event in read] == ["x", "y"]
