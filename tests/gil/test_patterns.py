"""The model allows a switch where this CPython hands over the GIL, and nowhere else."""

import gc
import importlib.util
import sys
from pathlib import Path
from threading import Thread

import pytest

from harness import Interleaving, explore, replay, run, stress

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # some drop one
THIS_VERSION = sys.version_info.minor - 11
# One pattern for each kind of hand-over site; not one that is specialized once it is hot, which
# programs that do the same again and again hardly ever show.
ONE_OF_A_KIND = (
    *("function", "after_yield", "property_read", "addition", "finalizer"),
    *(
        "callback_of_a_reference",
        "own_class",
        "own_call",
        "read_in_init_of_a_local_class",
        "read_in_call",
    ),
    *("read_in_a_function_with_stars", "c_function", "c_function_by_keyword"),
    *("c_function_with_stars", "library_function", "for_over_a_range", "while_with_two_rounds"),
    *("while_with_one_round", "list_comprehension", "list_comprehension_over_nothing"),
    *("entering_with_a_lock", "leaving_with_a_lock", "releasing", "event_asked", "queue_put"),
    *("pause", "thread_joined", "c_call_that_raises", "attribute_of_super"),
    *("garbage_collection", "library_unpacked", "library_module_missing", "library_from_a_package"),
    *("library_callback_of_a_reference", "library_generator_delegated_to"),
    *("giving_up_and_raising", "giving_up_at_the_exit_of_a_file", "giving_up_at_a_line_of_a_file"),
    *("giving_up_at_the_end_of_a_file", "index_of_a_store", "key_of_the_library_of_a_store"),
    *("generator_stored_as_a_slice", "index_of_a_slice_stored"),
)


def load():
    path = Path(__file__).parent / "patterns.py"
    spec = importlib.util.spec_from_file_location("patterns_under_the_gil", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


patterns = load()
PATTERNS = patterns.PATTERNS
SOME = [  # the others in the thorough suite
    pytest.param(
        name, marks=[] if name in ONE_OF_A_KIND or number % 15 == 0 else [pytest.mark.thorough]
    )
    for number, name in enumerate(PATTERNS)
]
ALL_UNDER_THE_LOCK = {"everything_with_a_lock"}


def answer_of(name):
    return PATTERNS[name][1][THIS_VERSION]


def body_of(name, rounds=1):
    increment = PATTERNS[name][0]

    def body():
        box = patterns.Box()

        def work():
            for _ in range(rounds):
                increment(box)

        started = [Thread(target=work) for _ in range(2)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()
        assert box.total == 2 * rounds

    return body


MOST_LOOKS = 20


def explored(name, model):
    return explore(body_of(name), search="exhaustive", executions=5_000, model=model)


@pytest.mark.needs_gil
@pytest.mark.parametrize("name", SOME)
def test_an_increment_is_lost_just_where_this_version_hands_over(name):
    found = explored(name, "gil")

    assert found.verdict == {"y": "violated", "n": "holds"}[answer_of(name)]


@pytest.mark.parametrize("name", SOME)
def test_without_a_gil_each_loses_increments(name):
    found = explored(name, "free-threaded")

    assert found.verdict == ("holds" if name in ALL_UNDER_THE_LOCK else "violated")


@pytest.mark.needs_gil
@pytest.mark.parametrize("name", ["function", "for_over_a_range", "finalizer", "releasing"])
def test_its_token_replays_strictly(name):
    failure = explored(name, "gil").failure
    again = replay(body_of(name), failure.token, model="gil")

    assert again.interleaving == failure.interleaving
    assert again.outcome.location == failure.outcome.location


@pytest.mark.needs_gil
@pytest.mark.thorough
@pytest.mark.parametrize("name", PATTERNS)
def test_following_an_interleaving_finds_what_the_search_finds(name):
    """One switch at a time, at each point: the search only leaves out what makes no difference."""
    ends = [
        run(body_of(name), Interleaving.parse(f"T1@{point}>T2"), model="gil")
        for point in range(1, 1 + points_of_the_first_task(name))
    ]
    lost = [end for end in ends if str(end.outcome).startswith("Raised")]

    assert bool(lost) == (answer_of(name) == "y")


@pytest.fixture
def without_collections():
    """Let no finalizer of what other tests have left run, and hand over, in the middle of one."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def points_of_the_first_task(name):
    trace = run(body_of(name), model="gil").trace
    return max(step.point for step in trace.steps if step.task == 1)


@pytest.mark.needs_gil
@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in PATTERNS if answer_of(name) == "n"])
def test_what_is_called_unreachable_never_happens_on_real_threads(name, without_collections):
    assert stress(body_of(name, rounds=5_000), repeats=40).failure_rate == 0


@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in ONE_OF_A_KIND if answer_of(name) == "y"])
def test_real_threads_lose_increments_at_each_kind_of_hand_over(name):
    rounds = {"thread_joined": 200, "pause": 2_000}.get(name, 20_000)

    # A busy machine seldom runs both threads at a time: so go on until it has happened once.
    assert any(
        stress(body_of(name, rounds), repeats=30, seconds=60).failure_rate > 0
        for _ in range(MOST_LOOKS)
    )


def test_the_table_covers_every_version():
    assert {len(answers) for _, answers in PATTERNS.values()} == {5}
    assert len(PATTERNS) > 150
