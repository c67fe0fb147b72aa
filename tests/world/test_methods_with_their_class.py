"""Methods of C that are given their class, like `array.extend`, are of a kind that has no name."""

import zlib
from array import array
from queue import Empty, SimpleQueue
from xml.etree.ElementTree import Element

import pytest
from together import together

from harness import explore

EARLY_QUEUE = SimpleQueue()


def numbers():
    many, seen = array("i"), []
    together(lambda: many.extend([1, 2]), lambda: seen.append(len(many)))
    return seen[0]


def elements():
    root, seen = Element("root"), []
    together(lambda: root.append(Element("child")), lambda: seen.append(len(root.findall("child"))))
    return seen[0]


def compressed():
    compressor = zlib.compressobj()
    together(lambda: compressor.compress(b"0"), lambda: compressor.compress(b"1"))
    return compressor.flush()


def handed_over():
    many, seen = array("i"), []
    together(lambda: list(map(many.extend, [[1]])), lambda: seen.append(len(many)))
    return seen[0]


def items():
    seen = []

    def get():
        try:
            seen.append(EARLY_QUEUE.get_nowait())
        except Empty:
            pass

    together(get, lambda: EARLY_QUEUE.put(1))
    if not seen:
        EARLY_QUEUE.get()
    return len(seen)


@pytest.mark.parametrize("body", [numbers, elements, compressed, handed_over, items])
@pytest.mark.parametrize("search", ["exhaustive", "auto"])
def test_they_are_steps_like_all_others(body, search):
    exploration = explore(body, search=search, stop_at_failure=False)

    assert exploration.verdict == "holds"
    assert len(exploration.outcomes) == 2
