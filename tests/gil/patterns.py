"""Small programs that read a counter, do something, and write it: can an increment get lost?

Each has the answer of CPython 3.11, 3.12, 3.13, 3.14 and 3.15 under their GIL, one letter each:
`y` for yes, `n` for no. They were measured with real threads, except that the first execution of a
call that gets specialized counts, too.
"""

import collections.abc
import contextlib
import enum
import gc
import io
import itertools
import math
import os
import queue
import random
import re
import sqlite3
import threading
import time
import typing
import uuid
import weakref
import zlib
from collections import Counter, UserDict, UserList, defaultdict, deque
from contextlib import contextmanager, suppress
from fractions import Fraction
from functools import partial, reduce, wraps

PATTERNS = {}
ALWAYS, NEVER = "yyyyy", "nnnnn"


def answer(letters):
    def register(function):
        PATTERNS[function.__name__] = (function, letters)
        return function

    return register


class Box:
    """What the threads share: a counter `n`, and things to do something with."""

    def __init__(self):
        self.n = 0
        self.other = 0
        self.items = [1, 2, 3]
        self.table = {"n": 0, "k": 1}
        self.lock = threading.Lock()
        self.rlock = threading.RLock()
        self.condition = threading.Condition()
        self.semaphore = threading.Semaphore(9)
        self.event = threading.Event()
        self.queue = queue.Queue()
        self.deque = deque()
        self.special = Special()
        self.child = Child()
        self.counted = [0]  # or in its item
        self.by_key = {A_KEY: 0, 2: 0, (2, 1): 0}  # or in one of these

    @property
    def total(self):
        return self.n + self.counted[0] + sum(self.by_key.values())

    def get(self):
        return self.n

    @property
    def value(self):
        return self.n

    @staticmethod
    def static():
        pass

    @classmethod
    def of_class(cls):
        pass

    @property
    def nothing(self):
        return None

    @nothing.setter
    def nothing(self, value):
        pass


class Descriptor:
    def __get__(self, instance, owner):
        return 1


class Special:
    descriptor = Descriptor()

    def __add__(self, other):
        return self

    def __iadd__(self, other):
        return self

    def __neg__(self):
        return self

    def __eq__(self, other):
        return True

    def __lt__(self, other):
        return True

    def __hash__(self):
        return 1

    def __getitem__(self, key):
        return 1

    def __setitem__(self, key, value):
        pass

    def __contains__(self, item):
        return True

    def __bool__(self):
        return True

    def __len__(self):
        return 1

    def __iter__(self):
        return iter(())

    def __getattr__(self, name):
        return 1

    def __format__(self, spec):
        return ""

    def __call__(self):
        pass

    def __index__(self):
        return 0

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return True


class Empty:
    pass


class WithInit:
    def __init__(self):
        pass


class Reading:
    def __init__(self, box):
        self.read = box.n


class ReadingWithDefault:
    def __init__(self, box, more=None):
        self.read = box.n


class ReadingAny:
    def __init__(self, *boxes):
        self.read = boxes[0].n


class ReadingKeywordOnly:
    def __init__(self, box, *, more=None):
        self.read = box.n


class ReadingIntoSlot:
    __slots__ = ("read",)

    def __init__(self, box):
        self.read = box.n


class ReadingInherited(Reading):
    pass


class Meta(type):
    pass


class ReadingWithMeta(metaclass=Meta):
    def __init__(self, box):
        self.read = box.n


class ReadingException(Exception):
    def __init__(self, box):
        self.read = box.n


class ReadingDict(dict):
    def __init__(self, box):
        self.read = box.n


class ReadingOperators:
    """Read the counter in a special method, and give it back."""

    def __init__(self, box):
        self.box = box
        self.seen = None

    def see(self):
        self.seen = self.box.n
        return self.seen

    def __add__(self, other):
        return self.see()

    def __iadd__(self, other):
        return self.see()

    def __neg__(self):
        return self.see()

    def __lt__(self, other):
        return self.see()

    def __eq__(self, other):
        self.see()
        return True

    def __hash__(self):
        self.see()
        return 1

    def __bool__(self):
        self.see()
        return True

    def __contains__(self, item):
        self.see()
        return True

    def __getitem__(self, key):
        return self.see()

    def __setitem__(self, key, value):
        self.see()

    def __getattr__(self, name):
        return self.see()

    def __format__(self, spec):
        self.see()
        return ""

    def __iter__(self):
        return iter((self.see(),))

    def __enter__(self):
        return self.see()

    def __exit__(self, *exception):
        self.see()
        return True


class ReadingCallable:
    def __call__(self, box):
        return box.n


class ReadingNew:
    def __new__(cls, box):
        return box.n


class Final:
    def __del__(self):
        pass


class Cyclic:
    def __init__(self):
        self.me = self

    def __del__(self):
        pass


class Parent:
    attribute = 1

    def method(self):
        pass


class Child(Parent):
    def through_super(self, c):
        t = c.n
        super().attribute
        c.n = t + 1

    def through_super_with_arguments(self, c):
        t = c.n
        super(Child, self).attribute
        c.n = t + 1

    def method(self):
        super().method()


def nothing():
    pass


def raising():
    raise ValueError


def get(c):
    return c.n


def forwarded(function):
    @wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


get_forwarded = forwarded(get)


def generate(c):
    yield c.n


def delegate(c):
    yield from generate(c)


@contextmanager
def managed():
    yield


GLOBAL = 0
READ = partial(get)
ADDED = partial(nothing)


# Nothing that hands over -----------------------------------------------------------------------


@answer(NEVER)
def read_then_write(c):
    t = c.n
    c.n = t + 1


@answer(NEVER)
def plus_equals(c):
    c.n += 1


@answer(NEVER)
def one_statement(c):
    c.n = c.n + 1


@answer(NEVER)
def arithmetic(c):
    t = c.n
    x = t * 7 // 2 % 5 - 3
    x = x**2 + t << 1 | 8 & ~x
    c.n = t + 1


@answer(NEVER)
def comparison(c):
    t = c.n
    x = t < 5 <= 9 != t == 3
    x = x is None or x is not t and not x
    c.n = t + 1


@answer(NEVER)
def branches(c):
    t = c.n
    if t >= 0:
        x = 1 if t else 2
    elif t < -5:
        x = 3
    c.n = t + 1


@answer(NEVER)
def subscripts(c):
    items = c.items
    t = c.n
    items[0] = items[1]
    x = items[0:2]
    del x[0]
    c.n = t + 1


@answer(NEVER)
def membership(c):
    t = c.n
    2 in c.items
    "k" not in c.table
    c.n = t + 1


@answer(NEVER)
def formatting(c):
    t = c.n
    x = f"{t:>5} {t!r} {'a'}"
    x = "%s" % t + x * 2
    c.n = t + 1


@answer(NEVER)
def displays(c):
    t = c.n
    x = [t, 1], {t: 1}, {t, 2}, (t, t)
    (a, b), *rest = [x, x][0][:1] + (x,)
    c.n = t + 1


@answer(NEVER)
def functions_made_only(c):
    t = c.n
    f = lambda: t
    g = (x for x in (1, 2))
    del f, g
    c.n = t + 1


@answer(NEVER)
def other_attributes(c):
    t = c.n
    c.other = c.items
    c.other = Box.static
    c.n = t + 1


@answer(NEVER)
def global_names(c):
    global GLOBAL
    t = c.n
    GLOBAL = 5
    x = GLOBAL
    c.n = t + 1 + x - x


@answer(NEVER)
def import_of_what_is_there(c):
    t = c.n
    import os as again

    from os import path

    c.n = t + 1


@answer(NEVER)
def matching(c):
    t = c.n
    match t, 1:
        case 0, x:
            pass
        case [*_]:
            x = 2
    c.n = t + 1


@answer(NEVER)
def try_without_exception(c):
    t = c.n
    try:
        x = 1
    except ValueError:
        x = 2
    finally:
        x = 3
    c.n = t + 1


@answer(NEVER)
def assertion(c):
    t = c.n
    assert t >= 0, "never"
    c.n = t + 1


@answer(NEVER)
def item_of_a_dict(c):
    c.table["n"] = c.table["n"] + 1
    c.n = c.table["n"]


@answer(NEVER)
def item_of_a_dict_in_place(c):
    c.table["n"] += 1
    c.n = c.table["n"]


@answer(NEVER)
def item_written_by_a_method(c):
    c.table.update(n=c.table["n"] + 1)
    c.n = c.table["n"]


@answer(NEVER)
def written_by_setattr(c):
    t = c.n
    setattr(c, "n", t + 1)


# Calls of Python code --------------------------------------------------------------------------


@answer(ALWAYS)
def function(c):
    t = c.n
    nothing()
    c.n = t + 1


@answer(ALWAYS)
def function_in_the_statement(c):
    c.n = c.n + one()


def one():
    return 1


@answer(ALWAYS)
def anonymous_function(c):
    t = c.n
    (lambda: 1)()
    c.n = t + 1


@answer(ALWAYS)
def inner_function(c):
    t = c.n

    def inner():
        return t

    c.n = inner() + 1


@answer(ALWAYS)
def method(c):
    t = c.n
    c.child.method()
    c.n = t + 1


@answer(ALWAYS)
def static_method(c):
    t = c.n
    c.static()
    c.n = t + 1


@answer(ALWAYS)
def class_method(c):
    t = c.n
    c.of_class()
    c.n = t + 1


@answer(ALWAYS)
def property_read(c):
    t = c.n
    c.nothing
    c.n = t + 1


@answer(ALWAYS)
def property_written(c):
    t = c.n
    c.nothing = 1
    c.n = t + 1


@answer(ALWAYS)
def descriptor(c):
    t = c.n
    c.special.descriptor
    c.n = t + 1


@answer(ALWAYS)
def missing_attribute(c):
    t = c.n
    c.special.missing
    c.n = t + 1


@answer(ALWAYS)
def addition(c):
    t = c.n
    c.special + 1
    c.n = t + 1


@answer(ALWAYS)
def addition_in_place(c):
    x = c.special
    t = c.n
    x += 1
    c.n = t + 1


@answer(ALWAYS)
def negation(c):
    t = c.n
    -c.special
    c.n = t + 1


@answer(ALWAYS)
def equality(c):
    t = c.n
    c.special == 1
    c.n = t + 1


@answer(ALWAYS)
def order(c):
    t = c.n
    c.special < 1
    c.n = t + 1


@answer(ALWAYS)
def hashing(c):
    t = c.n
    {c.special}
    c.n = t + 1


@answer(ALWAYS)
def own_item_read(c):
    t = c.n
    c.special[1]
    c.n = t + 1


@answer(ALWAYS)
def own_item_written(c):
    t = c.n
    c.special[1] = 2
    c.n = t + 1


@answer(ALWAYS)
def own_membership(c):
    t = c.n
    1 in c.special
    c.n = t + 1


@answer(ALWAYS)
def own_truth(c):
    t = c.n
    if c.special:
        c.n = t + 1


@answer(ALWAYS)
def own_iteration(c):
    t = c.n
    for _ in c.special:
        pass
    c.n = t + 1


@answer(ALWAYS)
def own_index(c):
    t = c.n
    c.items[c.special]
    c.n = t + 1


@answer(ALWAYS)
def own_format(c):
    t = c.n
    f"{c.special}"
    c.n = t + 1


@answer(ALWAYS)
def own_call(c):
    t = c.n
    c.special()
    c.n = t + 1


@answer(ALWAYS)
def own_class(c):
    t = c.n
    WithInit()
    c.n = t + 1


@answer(ALWAYS)
def class_without_init(c):
    t = c.n
    Empty()
    c.n = t + 1


@answer(ALWAYS)
def class_statement(c):
    t = c.n

    class Local:
        pass

    c.n = t + 1


@answer(ALWAYS)
def key_function(c):
    t = c.n
    sorted(c.items, key=lambda x: x)
    c.n = t + 1


@answer(ALWAYS)
def finalizer(c):
    x = Final()
    t = c.n
    del x
    c.n = t + 1


@answer(ALWAYS)
def callback_of_a_reference(c):
    x = Empty()
    watched = weakref.ref(x, lambda _: None)
    t = c.n
    x = None
    c.n = t + 1
    del watched


@answer("ynnnn")
def garbage_collection(c):
    Cyclic()
    t = c.n
    x = [{t}, {t}, {t}]  # there are no spare sets, so each may start a collection
    x = ({t}, {t}, x)
    c.n = t + 1


@answer("ynnnn")
def garbage_collection_for_bound_methods(c):
    Cyclic()
    t = c.n
    one = c.get
    other = c.get
    c.n = t + 1


@answer("ynnnn")
def garbage_collection_for_an_exception(c):
    table = {}
    Cyclic()
    t = c.n
    try:
        table["a"]
    except KeyError:
        c.n = t + 1


@answer("ynnnn")
def garbage_collection_for_an_iterator(c):
    items = [1]
    Cyclic()
    t = c.n
    for _ in items:
        break
    c.n = t + 1


@answer("ynnnn")
def garbage_collection_of_what_stars_made(c):
    arguments = ()
    Cyclic(*arguments)
    t = c.n
    x = [{t}, {t}]
    c.n = t + 1


@answer("ynnnn")
def garbage_collection_of_what_new_made(c):
    cyclic = Cyclic.__new__(Cyclic)
    cyclic.me = cyclic
    del cyclic
    t = c.n
    x = [{t}, {t}]
    c.n = t + 1


@answer("ynnnn")
def garbage_collection_of_a_generator(c):
    def generate(held):
        try:
            yield
        finally:
            abs(1)

    held = []
    held.append(generate(held))
    next(held[0])
    del held
    t = c.n
    x = [{t}, {t}]
    c.n = t + 1


@answer("ynnnn")
def garbage_collection_of_a_member(c):
    members, member = weakref.WeakSet(), Empty()
    member.me = member
    members.add(member)
    del member
    t = c.n
    x = [{t}, {t}]
    c.n = t + 1


@answer(NEVER)
def allocation_without_finalizers(c):
    t = c.n
    x = [{t}, {t}, {t}]
    x = ({t}, {t}, x)
    c.n = t + 1


# Read in a callee, written after it has returned -----------------------------------------------


@answer(NEVER)
def read_in_a_function(c):
    t = get(c)
    c.n = t + 1


@answer(NEVER)
def read_in_a_method(c):
    t = c.get()
    c.n = t + 1


@answer(NEVER)
def read_in_a_property(c):
    t = c.value
    c.n = t + 1


@answer(NEVER)
def read_in_a_function_by_keyword(c):
    t = get(c=c)
    c.n = t + 1


@answer("ynnnn")
def read_in_a_function_with_stars(c):
    t = get(*(c,))
    c.n = t + 1


@answer("ynnnn")
def read_in_a_function_with_two_stars(c):
    t = get(**{"c": c})
    c.n = t + 1


@answer("ynnnn")
def read_in_a_decorated_function(c):
    t = get_forwarded(c)
    c.n = t + 1


@answer(ALWAYS)
def read_in_a_method_with_stars(c):
    t = c.get(*())
    c.n = t + 1


@answer(ALWAYS)
def read_in_init(c):
    t = Reading(c).read
    c.n = t + 1


@answer(ALWAYS)
def read_in_init_of_a_local_class(c):
    """The class is another one each time, so the call never gets specialized."""

    class Reading:
        def __init__(self):
            self.read = c.n

    t = Reading().read
    c.n = t + 1


@answer(ALWAYS)
def read_in_init_of_one_of_several(c):
    for k in (abs, abs, Reading):
        if k is Reading:
            c.n = k(c).read + 1
        else:
            k(-1)


@answer(ALWAYS)
def read_in_init_by_keyword(c):
    t = Reading(box=c).read
    c.n = t + 1


@answer(ALWAYS)
def read_in_init_with_a_default(c):
    t = ReadingWithDefault(c).read
    c.n = t + 1


@answer("yyyyy")
def read_in_init_with_any_arguments(c):
    t = ReadingAny(c).read
    c.n = t + 1


@answer("yyyyy")
def read_in_init_with_a_keyword_only(c):
    t = ReadingKeywordOnly(c).read
    c.n = t + 1


@answer(ALWAYS)
def read_in_init_into_a_slot(c):
    t = ReadingIntoSlot(c).read
    c.n = t + 1


@answer(ALWAYS)
def read_in_init_inherited(c):
    t = ReadingInherited(c).read
    c.n = t + 1


@answer("yyyyy")
def read_in_init_with_a_metaclass(c):
    t = ReadingWithMeta(c).read
    c.n = t + 1


@answer("yyyyy")
def read_in_init_of_an_exception(c):
    t = ReadingException(c).read
    c.n = t + 1


@answer("yyyyy")
def read_in_init_of_a_dict(c):
    t = ReadingDict(c).read
    c.n = t + 1


@answer(NEVER)
def read_in_addition(c):
    x = ReadingOperators(c)
    t = x + 1
    c.n = t + 1


@answer(NEVER)
def read_in_addition_in_place(c):
    x = ReadingOperators(c)
    t = x
    t += 1
    c.n = t + 1


@answer(NEVER)
def read_in_negation(c):
    x = ReadingOperators(c)
    t = -x
    c.n = t + 1


@answer(NEVER)
def read_in_order(c):
    x = ReadingOperators(c)
    t = x < 1
    c.n = t + 1


@answer(NEVER)
def read_in_equality(c):
    x = ReadingOperators(c)
    x == 1
    t = x.seen
    c.n = t + 1


@answer(NEVER)
def read_in_a_hash(c):
    x = ReadingOperators(c)
    {x}
    t = x.seen
    c.n = t + 1


@answer(NEVER)
def read_in_a_hash_of_a_key(c):
    x = ReadingOperators(c)
    {x: 1}[x]
    t = x.seen
    c.n = t + 1


@answer(NEVER)
def read_in_a_truth_value(c):
    x = ReadingOperators(c)
    1 if x else 2
    t = x.seen
    c.n = t + 1


@answer(NEVER)
def read_in_a_membership(c):
    x = ReadingOperators(c)
    1 in x
    t = x.seen
    c.n = t + 1


@answer(NEVER)
def read_in_an_item(c):
    x = ReadingOperators(c)
    t = x[1]
    c.n = t + 1


@answer(NEVER)
def read_in_a_store(c):
    x = ReadingOperators(c)
    x[1] = 2
    t = x.seen
    c.n = t + 1


@answer(NEVER)
def read_in_a_missing_attribute(c):
    x = ReadingOperators(c)
    t = x.missing
    c.n = t + 1


@answer(NEVER)
def read_in_a_format(c):
    x = ReadingOperators(c)
    f"{x}"
    t = x.seen
    c.n = t + 1


@answer(ALWAYS)
def read_in_an_unpacked_iteration(c):
    x = ReadingOperators(c)
    (t,) = x
    c.n = t + 1


@answer(ALWAYS)
def read_in_a_starred_generator(c):
    [t] = [*generate(c)]
    c.n = t + 1


@answer(ALWAYS)
def read_in_an_unpacked_generator(c):
    (t,) = generate(c)
    c.n = t + 1


@answer(ALWAYS)
def read_in_an_extended_list(c):
    x = ReadingOperators(c)
    items = []
    items += x
    t = items[0]
    c.n = t + 1


@answer(ALWAYS)
def read_in_a_whole_generator(c):
    for t in generate(c):
        pass
    c.n = t + 1


@answer(ALWAYS)
def read_in_an_enter_left(c):
    x = ReadingOperators(c)
    with x as t:
        pass
    c.n = t + 1


@answer("nynnn")
def read_in_an_exit_after_an_exception(c):
    x = ReadingOperators(c)
    try:
        with x:
            c.table["missing"]
    finally:
        pass
    t = x.seen
    c.n = t + 1


@answer(NEVER)
def read_in_an_enter(c):
    x = ReadingOperators(c)
    with x as t:
        c.n = t + 1
        return
    c.n = t + 1


@answer(ALWAYS)
def read_in_call(c):
    t = ReadingCallable()(c)
    c.n = t + 1


@answer(ALWAYS)
def read_in_new(c):
    t = ReadingNew(c)
    c.n = t + 1


@answer(ALWAYS)
def read_in_a_partial(c):
    t = READ(c)
    c.n = t + 1


@answer(NEVER)
def read_in_a_generator(c):
    for t in generate(c):
        c.n = t + 1


@answer(NEVER)
def read_in_an_inner_generator(c):
    for t in delegate(c):
        c.n = t + 1


@answer(ALWAYS)
def read_in_a_generator_by_next(c):
    t = next(generate(c))
    c.n = t + 1


@answer(ALWAYS)
def read_in_a_comprehension(c):
    (t,) = [c.n for _ in (1,)]
    c.n = t + 1


@answer(ALWAYS)
def read_by_getattr(c):
    t = getattr(c, "n")
    c.n = t + 1


@answer(ALWAYS)
def read_by_get(c):
    c.table["n"] = c.table.get("n", 0) + 1
    c.n = c.table["n"]


# Calls of C code -------------------------------------------------------------------------------


@answer(ALWAYS)
def c_function(c):
    t = c.n
    abs(t)
    c.n = t + 1


@answer(ALWAYS)
def c_function_by_keyword(c):
    t = c.n
    int("7", base=8)
    c.n = t + 1


@answer(ALWAYS)
def c_function_with_stars(c):
    t = c.n
    max(*(t, 1))
    c.n = t + 1


@answer(ALWAYS)
def c_class(c):
    t = c.n
    str(t)
    c.n = t + 1


@answer(ALWAYS)
def c_type_made(c):
    t = c.n
    object()
    c.n = t + 1


@answer(ALWAYS)
def dict_get(c):
    t = c.n
    c.table.get("k")
    c.n = t + 1


@answer(ALWAYS)
def deque_append(c):
    t = c.n
    c.deque.append(1)
    c.n = t + 1


@answer(ALWAYS)
def text_join(c):
    t = c.n
    "".join(("a", "b"))
    c.n = t + 1


@answer(ALWAYS)
def text_format(c):
    t = c.n
    "{}".format(t)
    c.n = t + 1


@answer(ALWAYS)
def math_function(c):
    t = c.n
    math.sqrt(2.0)
    c.n = t + 1


@answer(ALWAYS)
def clock(c):
    t = c.n
    time.time()
    c.n = t + 1


@answer(ALWAYS)
def random_number(c):
    t = c.n
    random.random()
    c.n = t + 1


@answer(ALWAYS)
def print_to_memory(c):
    out = io.StringIO()
    t = c.n
    print("x", file=out)
    c.n = t + 1


@answer(ALWAYS)
def partial_object(c):
    t = c.n
    ADDED()
    c.n = t + 1


@answer(ALWAYS)
def reduction(c):
    t = c.n
    reduce(max, (1, 2))
    c.n = t + 1


@answer(ALWAYS)
def next_of_an_iterator(c):
    counter = itertools.count()
    t = c.n
    next(counter)
    c.n = t + 1


@answer(ALWAYS)
def system_call(c):
    t = c.n
    os.getpid()
    c.n = t + 1


@answer(ALWAYS)
def pause(c):
    t = c.n
    time.sleep(0)
    c.n = t + 1


@answer(ALWAYS)
def length(c):  # specialized once it is hot
    t = c.n
    len(c.items)
    c.n = t + 1


@answer(ALWAYS)
def instance_check(c):  # specialized once it is hot
    t = c.n
    isinstance(t, int)
    c.n = t + 1


@answer(ALWAYS)
def type_of(c):  # specialized once it is hot
    t = c.n
    type(t)
    c.n = t + 1


@answer(ALWAYS)
def list_append(c):  # specialized once it is hot
    x = []
    t = c.n
    x.append(1)
    c.n = t + 1


@answer(ALWAYS)
def library_function(c):
    t = c.n
    re.compile("a")
    c.n = t + 1


@answer(ALWAYS)
def library_context_manager(c):
    t = c.n
    with suppress(KeyError):
        c.n = t + 1


@answer(ALWAYS)
def library_context_manager_left(c):
    with suppress(KeyError):
        t = c.n
    c.n = t + 1


@answer(ALWAYS)
def generator_as_context_manager(c):
    t = c.n
    with managed():
        c.n = t + 1


@answer(ALWAYS)
def library_property(c):
    thread = threading.main_thread()
    t = c.n
    thread.name
    c.n = t + 1


# Loops -----------------------------------------------------------------------------------------


@answer(ALWAYS)
def for_with_one_round(c):
    t = c.n
    for _ in (1,):
        pass
    c.n = t + 1


@answer(ALWAYS)
def for_over_a_range(c):
    numbers = range(2)
    t = c.n
    for _ in numbers:
        pass
    c.n = t + 1


@answer(NEVER)
def for_without_a_round(c):
    t = c.n
    for _ in ():
        pass
    c.n = t + 1


@answer(NEVER)
def for_left_in_its_first_round(c):
    t = c.n
    for _ in (1, 2):
        break
    c.n = t + 1


@answer(ALWAYS)
def for_with_continue(c):
    t = c.n
    for x in (1,):
        if x:
            continue
        x = 2
    c.n = t + 1


@answer("nnnyy")
def while_with_one_round(c):
    t = c.n
    k = 1
    while k:
        k -= 1
    c.n = t + 1


@answer("nnnyy")
def while_compared_with_one_round(c):
    t = c.n
    k = 0
    while k < 1:
        k += 1
    c.n = t + 1


@answer("nnnyy")
def while_not_none_with_one_round(c):
    k = c
    t = c.n
    while k is not None:
        k = None
    c.n = t + 1


@answer(ALWAYS)
def while_with_two_rounds(c):
    t = c.n
    k = 2
    while k:
        k -= 1
    c.n = t + 1


@answer(ALWAYS)
def while_none_with_two_rounds(c):
    x, k = None, 0
    t = c.n
    while x is None:
        x = None if k == 0 else 1
        k += 1
    c.n = t + 1


@answer(ALWAYS)
def while_not_with_two_rounds(c):
    t = c.n
    k = 0
    while not k > 1:
        k += 1
    c.n = t + 1


@answer(NEVER)
def while_without_a_round(c):
    t = c.n
    while t < 0:
        t += 1
    c.n = t + 1


@answer(NEVER)
def while_left_in_its_first_round(c):
    t = c.n
    while True:
        break
    c.n = t + 1


@answer(ALWAYS)
def list_comprehension(c):
    t = c.n
    [x for x in (1,)]
    c.n = t + 1


@answer("ynnnn")
def list_comprehension_over_nothing(c):
    t = c.n
    [x for x in ()]
    c.n = t + 1


@answer("ynnnn")
def dict_comprehension_over_nothing(c):
    t = c.n
    {x: x for x in ()}
    c.n = t + 1


@answer(ALWAYS)
def set_comprehension(c):
    t = c.n
    {x for x in (1,)}
    c.n = t + 1


@answer(ALWAYS)
def generator_expression(c):
    t = c.n
    any(x for x in ())
    c.n = t + 1


# Locks and the like ----------------------------------------------------------------------------


@answer("nnnyn")
def entering_with_a_lock(c):
    t = c.n
    with c.lock:
        c.n = t + 1


@answer(ALWAYS)
def leaving_with_a_lock(c):
    with c.lock:
        t = c.n
    c.n = t + 1


@answer(NEVER)
def everything_with_a_lock(c):
    with c.lock:
        t = c.n
        nothing()
        c.n = t + 1


@answer(NEVER)
def leaving_with_a_lock_by_an_exception(c):
    try:
        with c.lock:
            t = c.n
            raise ValueError
    except ValueError:
        c.n = t + 1


@answer(NEVER)
def leaving_with_a_lock_and_the_handler(c):
    try:
        with c.lock:
            t = c.n
            raise ValueError
    except ValueError:
        pass
    c.n = t + 1


@answer("nnnyn")
def entering_with_a_reentrant_lock(c):
    t = c.n
    with c.rlock:
        c.n = t + 1


@answer(ALWAYS)
def leaving_with_a_reentrant_lock(c):
    with c.rlock:
        t = c.n
    c.n = t + 1


@answer(ALWAYS)
def acquiring(c):
    t = c.n
    c.lock.acquire()
    c.n = t + 1
    c.lock.release()


@answer(ALWAYS)
def releasing(c):
    c.lock.acquire()
    t = c.n
    c.lock.release()
    c.n = t + 1


@answer(ALWAYS)
def entering_with_a_condition(c):
    t = c.n
    with c.condition:
        c.n = t + 1


@answer(ALWAYS)
def leaving_with_a_condition(c):
    with c.condition:
        t = c.n
    c.n = t + 1


@answer(ALWAYS)
def entering_with_a_semaphore(c):
    t = c.n
    with c.semaphore:
        c.n = t + 1


@answer(ALWAYS)
def event_set(c):
    t = c.n
    c.event.set()
    c.n = t + 1


@answer(ALWAYS)
def event_asked(c):
    t = c.n
    c.event.is_set()
    c.n = t + 1


@answer(ALWAYS)
def queue_put(c):
    t = c.n
    c.queue.put(1)
    c.n = t + 1


@answer(ALWAYS)
def thread_started_and_joined(c):
    thread = threading.Thread(target=nothing)
    t = c.n
    thread.start()
    c.n = t + 1
    thread.join()


@answer(ALWAYS)
def thread_joined(c):
    thread = threading.Thread(target=nothing)
    thread.start()
    t = c.n
    thread.join()
    c.n = t + 1


# Exceptions ------------------------------------------------------------------------------------


@answer("nynnn")
def c_call_that_raises(c):
    t = c.n
    try:
        int("x")
    except ValueError:
        pass
    c.n = t + 1


@answer(NEVER)
def c_call_that_raises_written_in_the_handler(c):
    t = c.n
    try:
        int("x")
    except ValueError:
        c.n = t + 1


@answer(NEVER)
def raised_and_caught(c):
    t = c.n
    try:
        raise ValueError
    except ValueError:
        pass
    c.n = t + 1


@answer(ALWAYS)
def function_that_raises(c):
    t = c.n
    try:
        raising()
    except ValueError:
        c.n = t + 1


@answer(ALWAYS)
def own_exit_with_an_exception(c):
    with c.special:
        t = c.n
        raise ValueError
    c.n = t + 1


@answer(NEVER)
def missing_key_caught(c):
    t = c.n
    try:
        c.table["missing"]
    except KeyError:
        c.n = t + 1


# Everything else that the rules name -----------------------------------------------------------


@answer("ynnnn")
def attribute_of_super(c):
    c.child.through_super(c)


@answer("ynnnn")
def attribute_of_super_with_arguments(c):
    c.child.through_super_with_arguments(c)


def yielding(c):
    t = c.n
    yield
    c.n = t + 1


def delegating(c):
    t = c.n
    yield from (1,)
    c.n = t + 1


class Awaited:
    def __init__(self, iterable):
        self.iterator = iter(iterable)

    def __await__(self):
        return self.iterator


async def awaiting(c, awaited):
    t = c.n
    await awaited
    c.n = t + 1


@answer(ALWAYS)
def after_yield(c):
    list(yielding(c))


@answer(NEVER)
def after_yield_from(c):
    list(delegating(c))


@answer(ALWAYS)
def calling_await(c):
    coroutine = awaiting(c, Awaited(()))
    try:
        coroutine.send(None)
    except StopIteration:
        pass


@answer(ALWAYS)
def decorated_definition(c):
    t = c.n

    @forwarded
    def inner():
        pass

    c.n = t + 1


@answer(ALWAYS)
def collection_by_hand(c):
    t = c.n
    gc.isenabled()
    c.n = t + 1


# Python code of the library that an instruction starts ------------------------------------------


class Color(enum.Enum):
    RED = 1


class Generic(typing.Generic[typing.TypeVar("T")]):
    pass


class OwnThread(threading.Thread):
    def super_property(self, c):
        t = c.n
        super().name
        c.n = t + 1


A_THREAD = OwnThread()
A_UUID = uuid.UUID(int=1)


@answer(ALWAYS)
def library_from_a_package(c):
    t = c.n
    from collections import deque

    c.n = t + 1


@answer(NEVER)
def library_from_a_module(c):
    t = c.n
    from time import sleep

    c.n = t + 1


@answer(NEVER)
def library_module_of_a_package(c):
    t = c.n
    import collections.abc

    c.n = t + 1


@answer(ALWAYS)
def library_module_missing(c):
    t = c.n
    try:
        import there_is_no_such_module
    except ImportError:
        c.n = t + 1


@answer(ALWAYS)
def library_unpacked(c):
    items = UserList((1, 2))
    t = c.n
    first, second = items
    c.n = t + 1


@answer(ALWAYS)
def library_unpacked_into_a_list(c):
    items = UserList((1, 2))
    t = c.n
    [*items]
    c.n = t + 1


@answer(ALWAYS)
def library_unpacked_into_a_dict(c):
    table = UserDict(a=1)
    t = c.n
    {**table}
    c.n = t + 1


@answer(ALWAYS)
def library_sliced(c):
    items = UserList((1, 2))
    t = c.n
    items[0:1]
    c.n = t + 1


@answer(ALWAYS)
def library_slice_stored(c):
    items = UserList((1, 2))
    t = c.n
    items[0:1] = [3]
    c.n = t + 1


@answer(ALWAYS)
def library_truth(c):
    half = Fraction(1, 2)
    t = c.n
    if half:
        c.n = t + 1


@answer(ALWAYS)
def library_plus(c):
    half = Fraction(1, 2)
    t = c.n
    +half
    c.n = t + 1


@answer(ALWAYS)
def library_class_in_a_pattern(c):
    t = c.n
    match t:
        case collections.abc.Sized():
            pass
        case _:
            c.n = t + 1


@answer(ALWAYS)
def library_mapping_in_a_pattern(c):
    table = UserDict(a=1)
    t = c.n
    match table:
        case {"a": 1}:
            c.n = t + 1


@answer(ALWAYS)
def library_key_in_a_set(c):
    t = c.n
    {A_UUID}
    c.n = t + 1


@answer(ALWAYS)
def library_key_in_a_dict(c):
    t = c.n
    {Color.RED: 1}
    c.n = t + 1


@answer(ALWAYS)
def library_key_in_a_tuple(c):
    table = {}
    t = c.n
    table[A_UUID, 1] = 1
    c.n = t + 1


@answer(ALWAYS)
def library_key_of_both_dicts(c):
    one, other = {A_UUID: 1}, {uuid.UUID(int=1): 2}
    t = c.n
    one | other
    c.n = t + 1


@answer(ALWAYS)
def library_item_of_a_list(c):
    items = [A_UUID]
    t = c.n
    5 in items
    c.n = t + 1


@answer(ALWAYS)
def library_items_compared(c):
    one, other = [A_UUID], [uuid.UUID(int=1)]
    t = c.n
    one == other
    c.n = t + 1


@answer(ALWAYS)
def library_factory(c):
    table = defaultdict(Counter)
    t = c.n
    table["a"]
    c.n = t + 1


@answer(NEVER)
def library_factory_in_c(c):
    table = defaultdict(list)
    t = c.n
    table["a"]
    c.n = t + 1


@answer(ALWAYS)
def library_property_of_super(c):
    A_THREAD.super_property(c)


@answer(ALWAYS)
def library_property_of_a_metaclass(c):
    t = c.n
    Color.__members__
    c.n = t + 1


@answer(ALWAYS)
def library_class_with_parameters(c):
    t = c.n
    Generic[int]
    c.n = t + 1


@answer(ALWAYS)
def library_iterator_in_c_around_one(c):
    pairs = zip(UserList((1, 2)))
    t = c.n
    for _ in pairs:
        c.n = t + 1
        break


@answer(ALWAYS)
def library_generator_delegated_to(c):
    items = iter(UserList((1, 2)))

    def delegate():
        t = c.n
        yield from items
        c.n = t + 1

    first, second = delegate()


@answer(ALWAYS)
def library_class_body(c):
    class Numbers(enum.Enum):
        x = t = c.n
        y = 5
        c.n = t + 1


@answer(ALWAYS)
def library_callback_of_a_reference(c):
    members, member = weakref.WeakSet(), Empty()
    members.add(member)
    t = c.n
    del member
    c.n = t + 1


@answer(NEVER)
def library_generator_dropped(c):
    items = iter(UserList((1, 2)))
    next(items)
    t = c.n
    items = None  # an exception is thrown into it, and a throw checks nothing
    c.n = t + 1


@answer(ALWAYS)
def library_coroutine_entered(c):
    stack = contextlib.AsyncExitStack()

    async def enter():
        t = c.n
        async with stack:
            c.n = t + 1

    try:
        enter().send(None)
    except StopIteration:
        pass


# C code that gives up the GIL where no check follows -------------------------------------------

NOWHERE = "/there/is/no/such/file"


@answer(ALWAYS)
def giving_up_and_raising(c):
    t = c.n
    try:
        os.stat(NOWHERE)
    except OSError:
        c.n = t + 1


@answer(ALWAYS)
def giving_up_and_raising_in_open(c):
    t = c.n
    try:
        open(NOWHERE)
    except OSError:
        c.n = t + 1


@answer(ALWAYS)
def giving_up_and_raising_by_stars(c):
    arguments = (NOWHERE,)
    t = c.n
    try:
        os.unlink(*arguments)
    except OSError:
        c.n = t + 1


@answer(ALWAYS)
def giving_up_and_raising_in_zlib(c):
    t = c.n
    try:
        zlib.decompress(b"xxxx")
    except zlib.error:
        c.n = t + 1


@answer(ALWAYS)
def giving_up_at_the_exit_of_a_file(c):
    try:
        with open(__file__):
            t = c.n
            raise ValueError
    except ValueError:
        c.n = t + 1


@answer("nnnyy")  # since 3.14 the file cannot be told from one that is not in memory
def exit_of_a_file_in_memory(c):
    try:
        with io.StringIO():
            t = c.n
            raise ValueError
    except ValueError:
        c.n = t + 1


@answer(ALWAYS)
def giving_up_at_a_line_of_a_file(c):
    with open(__file__) as file:
        t = c.n
        for _ in file:
            c.n = t + 1
            break


@answer(NEVER)
def line_of_a_file_in_memory(c):
    file = io.StringIO("one")
    t = c.n
    for _ in file:
        c.n = t + 1
        break


@answer(ALWAYS)
def giving_up_in_a_search_of_a_file(c):
    with open(__file__) as file:
        t = c.n
        "there is no such line" in file
        c.n = t + 1


@answer(ALWAYS)
def giving_up_at_an_entry_of_a_folder(c):
    with os.scandir("/") as entries:
        t = c.n
        for _ in entries:
            c.n = t + 1
            break


@answer(ALWAYS)
def giving_up_at_a_row_of_a_table(c):
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        rows = database.execute("select 1 union select 2")
        t = c.n
        for _ in rows:
            c.n = t + 1
            break


@answer(ALWAYS)
def giving_up_at_the_end_of_a_file(c):
    file = io.FileIO(os.devnull)
    t = c.n
    del file
    c.n = t + 1


# A hand-over inside an instruction, before it reaches what it is about --------------------------


class Index:
    def __index__(self):
        return 0


class Key:
    def __hash__(self):
        return 1


AN_INDEX, A_KEY, A_FRACTION = Index(), Key(), Fraction(2)


def one_more(seen):
    return seen + 1


@answer(ALWAYS)
def index_of_a_store(c):
    c.counted[AN_INDEX] = c.counted[0] + 1


@answer(ALWAYS)
def index_of_a_slice_stored(c):
    c.counted[AN_INDEX:1] = [c.counted[0] + 1]


@answer(ALWAYS)
def generator_stored_as_a_slice(c):
    c.counted[:] = (seen + 1 for seen in [c.counted[0]])


@answer(ALWAYS)
def library_generator_in_c_stored_as_a_slice(c):
    c.counted[:] = map(one_more, [c.counted[0]])


@answer(NEVER)
def list_stored_as_a_slice(c):
    c.counted[:] = [c.counted[0] + 1]


@answer(ALWAYS)
def key_of_a_store(c):
    c.by_key[A_KEY] = c.by_key[A_KEY] + 1


@answer(ALWAYS)
def key_in_place(c):
    c.by_key[A_KEY] += 1


@answer(ALWAYS)
def key_of_the_library_of_a_store(c):
    c.by_key[A_FRACTION] = c.by_key[2] + 1


@answer(ALWAYS)
def key_of_the_library_in_a_tuple(c):
    c.by_key[A_FRACTION, 1] = c.by_key[2, 1] + 1


@answer(NEVER)
def key_in_c_of_a_store(c):
    c.by_key[2, 1] = c.by_key[2, 1] + 1


# Decorators, and keys that are there ------------------------------------------------------------

A_COUNTER = Counter(a=1)


def kept(function):
    return function


@answer(NEVER)
def read_in_a_decorator(c):
    @lambda function: c.n
    def t():
        pass

    c.n = t + 1


@answer(NEVER)
def read_in_the_last_of_two_decorators(c):
    @lambda function: c.n
    @kept
    def t():
        pass

    c.n = t + 1


@answer(ALWAYS)
def read_before_a_decorator_in_c(c):
    @abs
    @lambda function: c.n
    def t():
        pass

    c.n = t + 1


@answer(NEVER)
def counted_key_that_is_there(c):
    t = c.n
    A_COUNTER["a"]
    c.n = t + 1


@answer(ALWAYS)
def counted_key_that_is_missing(c):
    t = c.n
    A_COUNTER["b"]
    c.n = t + 1
