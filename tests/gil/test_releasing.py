"""Which C code may give up the GIL before it has returned."""

import collections
import ctypes
import functools
import io
import json
import math
import operator
import os
import socket
import sqlite3
import zlib

import greenlet

from harness.control.gil.releasing import releases, releases_inside


class Plain:
    def method(self):
        pass


class OwnFile(io.FileIO):
    pass


class OwnRaw(io.RawIOBase):
    pass


def own_of_an_unknown_module():
    return type("Own", (), {"__module__": "somewhere.else"})


MAY_GIVE_IT_UP = [
    *(os.stat, open, io.FileIO, OwnFile, zlib.compress, sqlite3.connect),
    *(sqlite3.Connection, socket.socket, io.FileIO.read, functools.partial(os.stat, ".")),
    *(zlib.decompressobj().decompress, ctypes.CDLL(None).abs),
]
KEEP_IT = [
    *(abs, len, [].append, list.append, {}.__setitem__, dict, int, Plain, Plain().method),
    *(io.StringIO, io.BytesIO, io.StringIO().write, OwnRaw, math.sqrt, operator.add),
    *(json.loads, collections.deque, collections.Counter, functools.partial(abs, 1)),
    *(own_of_an_unknown_module(), own_of_an_unknown_module()(), greenlet.getcurrent, Plain()),
    *(functools.lru_cache(abs), "".join, object().__eq__, type, ValueError),
]


def test_what_may_give_up_the_gil():
    assert [one for one in MAY_GIVE_IT_UP if not releases_inside(one)] == []


def test_what_keeps_the_gil():
    assert [one for one in KEEP_IT if releases_inside(one)] == []


def test_an_operand_is_judged_by_its_class():
    with open(os.devnull) as file:
        assert releases(file)
    assert not releases(io.StringIO())
    assert not releases([])
    assert not releases(Plain())


def test_many_classes_do_not_fill_the_memory():
    assert not any(releases(own_of_an_unknown_module()()) for _ in range(3_000))
