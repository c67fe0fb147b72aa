"""What follows addresses differs from run to run: the message says where, and what to do."""

from threading import Lock

from together import together

from harness import explore
from harness.control.accesses.addresses import Addresses
from harness.instrument.site import Site

SITE = Site(together.__code__, "iterate", "", 9)


class Thing:
    """Have the hash of its address."""


def text_of(kind, *operands):
    addresses = Addresses()
    site = Site(SITE.code, kind, "", SITE.line)
    addresses.look_at_access(site, operands[0])
    return addresses.text()


def test_a_set_of_objects_has_an_order_by_address():
    assert "together.py:9 goes through a set of Thing objects: that order" in text_of(
        "iterate", {Thing()}
    )
    assert "a set of Thing objects" in text_of("unpack", frozenset([Thing()]))


def test_other_orders_are_the_same_again():
    for operand in ({1, 2}, {"a"}, [Thing()], {Thing(): 1}, (Thing(),)):
        assert not text_of("iterate", operand)
    assert not text_of("contains", {Thing()})


def test_the_message_names_the_line_and_the_remedy():
    runs = []

    def body():
        runs.append(1)
        locks = [Lock() for _ in range(1 + len(runs) % 2)]
        counts = {"n": 0}

        def work():
            for lock in sorted(locks, key=id):
                with lock:
                    counts["n"] += 1

        together(work, work)

    exploration = explore(body, search="exhaustive", executions=50)

    assert exploration.divergence
    assert "test_addresses.py" in exploration.reason
    assert "uses id()" in exploration.reason
    assert "Order them by something of their own" in exploration.reason
