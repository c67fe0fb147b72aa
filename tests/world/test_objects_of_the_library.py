"""Objects that the standard library writes in Python, and those of C: what one task does others see.

A call of such a method is one step, and so is a look at a property or an item.
"""

import argparse
import calendar
import codecs
import csv
import gettext
import http.client
import http.cookies
import io
import logging
import mimetypes
import mmap
import sys
import textwrap
import urllib.request
import xml.etree.ElementTree
import zipfile
import zlib
from array import array
from collections import deque
from html.parser import HTMLParser
from queue import Queue
from threading import Barrier, Thread
from types import ModuleType

import pytest
from together import together

from harness import Returned, explore


def outcomes(make, change, look):
    """Return what `look` finds in all interleavings with `change`, as texts."""

    def body():
        one = make()
        found = []
        together(lambda: change(one), lambda: found.append(repr(look(one))))
        return found[0]

    exploration = explore(body, search="exhaustive", stop_at_failure=False)
    assert exploration.verdict == "holds", exploration.reason
    return {outcome.value for outcome in exploration.outcomes}


def setting(name, value):
    return lambda one: setattr(one, name, value)


def set_first(one):
    one[0] = 5


def set_last(one):
    one[-1] = 5


def element():
    root = xml.etree.ElementTree.Element("root")
    root.append(xml.etree.ElementTree.Element("child"))
    return root


def archive():
    made = zipfile.ZipFile(io.BytesIO(), "w")
    made.close = lambda: None  # or its end would complain that its file is closed
    return made


CASES = {  # how it is made, what changes it, what looks at it, and what that finds
    "a thread's name": (
        lambda: Thread(name="old"),
        setting("name", "new"),
        lambda one: one.name,
        {"'old'", "'new'"},
    ),
    "a property of a request": (
        lambda: urllib.request.Request("http://old"),
        setting("full_url", "http://new"),
        lambda one: one.full_url,
        {"'http://old'", "'http://new'"},
    ),
    "a method and a property": (
        calendar.Calendar,
        lambda one: one.setfirstweekday(3),
        lambda one: one.firstweekday,
        {"0", "3"},
    ),
    "a method and an attribute of the class": (
        lambda: http.client.HTTPConnection("host"),
        lambda one: one.set_debuglevel(3),
        lambda one: one.debuglevel,
        {"0", "3"},
    ),
    "two methods": (
        lambda: urllib.request.Request("http://host"),
        lambda one: one.add_header("a", "b"),
        lambda one: one.has_header("A"),
        {"False", "True"},
    ),
    "a method and a setting": (
        textwrap.TextWrapper,
        setting("width", 4),
        lambda one: one.wrap("aaa bbb"),
        {"['aaa bbb']", "['aaa', 'bbb']"},
    ),
    "an archive": (
        archive,
        lambda one: one.writestr("name", ""),
        lambda one: one.namelist(),
        {"[]", "['name']"},
    ),
    "a decoder": (
        codecs.getincrementaldecoder("utf-8"),
        lambda one: one.decode(b"\xc3"),
        lambda one: len(one.getstate()[0]),
        {"0", "1"},
    ),
    "a parser": (HTMLParser, lambda one: one.feed("<a"), lambda one: one.rawdata, {"''", "'<a'"}),
    "types by ending": (
        mimetypes.MimeTypes,
        lambda one: one.add_type("a/b", ".ending"),
        lambda one: one.guess_type("file.ending")[0],
        {"None", "'a/b'"},
    ),
    "translations": (
        gettext.NullTranslations,
        lambda one: one.add_fallback(gettext.NullTranslations()),
        lambda one: one._fallback is None,
        {"True", "False"},
    ),
    "cookies": (http.cookies.SimpleCookie, lambda one: one.load("a=b"), len, {"0", "1"}),
    "a list that an object keeps": (
        lambda: argparse.ArgumentParser(add_help=False),
        lambda one: one.add_argument("--name"),
        lambda one: len(one._actions),
        {"0", "1"},
    ),
    "membership": (
        argparse.Namespace,
        setting("name", 1),
        lambda one: "name" in one,
        {"False", "True"},
    ),
    "a reader of lines": (
        lambda: csv.DictReader(io.StringIO("a\n1\n2\n")),
        next,
        next,
        {"{'a': '1'}", "{'a': '2'}"},
    ),
    "a logger's level": (
        lambda: logging.Logger("name"),
        lambda one: one.setLevel(10),
        lambda one: one.level,
        {"0", "10"},
    ),
    "a logger's handlers": (
        lambda: logging.Logger("name"),
        lambda one: one.addHandler(logging.NullHandler()),
        lambda one: len(one.handlers),
        {"0", "1"},
    ),
    "a barrier": (
        lambda: Barrier(2),
        lambda one: one.abort(),
        lambda one: one.broken,
        {"False", "True"},
    ),
    "an item of an element": (
        element,
        lambda one: one.__setitem__(0, xml.etree.ElementTree.Element("other")),
        lambda one: one[0].tag,
        {"'child'", "'other'"},
    ),
    "a new part of an element": (
        element,
        lambda one: xml.etree.ElementTree.SubElement(one, "other"),
        len,
        {"1", "2"},
    ),
    "a method that is told its class": (
        lambda: array("i"),
        lambda one: one.extend([1]),
        len,
        {"0", "1"},
    ),
    "such a method of a compressor": (
        zlib.decompressobj,
        lambda one: one.decompress(zlib.compress(b"a")),
        lambda one: one.copy().eof,
        {"False", "True"},
    ),
    "mapped memory": (lambda: mmap.mmap(-1, 2), set_first, lambda one: one[0], {"0", "5"}),
    "the end of bytes": (lambda: bytearray(2), set_last, lambda one: one[1], {"0", "5"}),
    "the end of a deque": (lambda: deque([0, 0]), set_last, lambda one: one[1], {"0", "5"}),
    "the end of an array": (lambda: array("i", [0, 0]), set_last, lambda one: one[1], {"0", "5"}),
}


@pytest.mark.parametrize("name", CASES)
def test_both_orders_are_explored(name):
    make, change, look, expected = CASES[name]

    assert outcomes(make, change, look) == expected


def test_methods_that_a_parser_calls_are_not_a_part_of_its_step():
    class Parser(HTMLParser):
        depth = 0

        def handle_starttag(self, tag, attrs):
            self.depth = self.depth + 1

    def both():
        parser = Parser()
        together(lambda: parser.handle_starttag("a", ()), lambda: parser.feed("<a>"))
        return parser.depth

    exploration = explore(both, search="exhaustive", stop_at_failure=False)

    assert exploration.outcomes.keys() == {Returned(1), Returned(2)}


def test_library_that_is_instrumented_has_points_of_its_own():
    def both():
        wrapper = textwrap.TextWrapper()
        together(lambda: setattr(wrapper, "width", 4), lambda: wrapper.wrap("aaa bbb"))

    as_one_step = explore(both, search="exhaustive", stop_at_failure=False)
    in_steps = explore(both, search="exhaustive", stop_at_failure=False, instrument=("textwrap",))

    assert as_one_step.executions == 2
    assert in_steps.executions > 2


class BaseOf:
    """Be what tells of a view whose memory it shows; it is in C in numpy."""

    def __get__(self, owner, kind=None):
        return self if owner is None else owner.__dict__.get("base")

    def __set__(self, owner, value):
        owner.__dict__["base"] = value


def test_arrays_that_show_the_same_memory_are_one_location(monkeypatch):
    class ndarray(bytearray):
        __module__ = "numpy"
        base = BaseOf()

        def view(self):
            view = ndarray(self)
            view.base = self
            return view

    module = ModuleType("numpy")
    module.ndarray = ndarray
    monkeypatch.setitem(sys.modules, "numpy", module)

    def executions(make_other):
        def both():
            one = ndarray(b"ab")
            other = make_other(one)
            together(lambda: set_first(one), lambda: other[0])

        return explore(both, search="exhaustive", stop_at_failure=False).executions

    assert executions(lambda one: one.view()) == 2
    assert executions(lambda one: one.view().view()) == 2
    assert executions(ndarray) == 1


def test_items_of_a_queue_are_to_be_looked_at_under_its_mutex():
    def looking(under_the_mutex):
        def body():
            queue = Queue()

            def look():
                if under_the_mutex:
                    with queue.mutex:
                        return len(queue.queue)
                return len(queue.queue)

            together(lambda: queue.put(1), look)

        return explore(body, search="exhaustive", stop_at_failure=False)

    assert looking(True).verdict == "holds"
    unseen = looking(False)
    assert unseen.verdict == "inconclusive"
    assert "hold its mutex meanwhile" in unseen.reason
