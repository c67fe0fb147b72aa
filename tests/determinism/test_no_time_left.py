"""Who waits for no time at all goes on at once, whoever makes the choices.

A search saw such a task as one that can go on, and the default policy did not: so an interleaving
that a search had found went another way when it was run again.
"""

import threading

import pytest

from harness import Interleaving, explore, run


def body():
    order = []
    permits = threading.Semaphore(0)

    def work():
        order.append("other")

    other = threading.Thread(target=work)
    other.start()
    permits.acquire(timeout=0)
    order.append("body")
    other.join()
    return tuple(order)


def test_the_default_policy_lets_it_go_on():
    assert run(body).result() == ("body", "other")


@pytest.mark.parametrize("seed", range(5))
def test_what_a_search_has_found_is_found_again(seed):
    exploration = explore(body, search="random", seed=seed, executions=30)

    assert len(exploration.outcomes) == 2
    for outcome, witness in exploration.outcomes.items():
        again = run(body, Interleaving.parse(str(witness.interleaving)))
        assert again.outcome == outcome
