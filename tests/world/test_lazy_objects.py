"""Objects that run code when they are asked what they are: nobody of the harness asks them."""

import sys
import threading
import types

import pytest

from harness import explore


class RaisingLazy:
    """Be like a module of six.moves that is not there."""

    def __getattr__(self, name):
        raise ImportError("no module of that name")


class Holder:
    attribute = RaisingLazy()


class Settings:
    """Be like the settings of Django, which complain before they are configured."""

    @property
    def __class__(self):
        raise RuntimeError("settings are not configured")


SETTINGS = Settings()


class LoadingLazy:
    """Be like the proxies of Celery and passlib: each public or special name loads it."""

    def __getattribute__(self, name):
        if not name.startswith("_") or name.startswith("__"):
            self._load()
        return object.__getattribute__(self, name)

    def _load(self):
        self._value = 1


class Proxy:
    """Be like a proxy of Werkzeug: everything is looked up in something else."""

    def __getattribute__(self, name):
        ASKED.append(name)
        return object.__getattribute__(self, name)

    def __getattr__(self, name):
        raise AttributeError(name)

    @property
    def __class__(self):
        raise AssertionError("asked for the class")

    @property
    def __dict__(self):
        raise AssertionError("asked for the dictionary")


ASKED = []


def in_two_threads(work):
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def lose_an_increment():
    counts = {"n": 0}

    def work():
        counts["n"] += 1

    in_two_threads(work)
    assert counts["n"] == 2


def test_lazy_objects_in_modules_and_classes_are_left_alone():
    assert type(Holder.__dict__["attribute"]) is RaisingLazy
    assert explore(lose_an_increment).verdict == "violated"


def test_a_lazy_object_in_a_module_that_is_new_is_left_alone(monkeypatch):
    module = types.ModuleType("harness_test_lazy")
    module.settings, module.lazy = Settings(), RaisingLazy()
    monkeypatch.setitem(sys.modules, "harness_test_lazy", module)
    monkeypatch.setitem(sys.modules, "harness_test_no_module", RaisingLazy())

    assert explore(lose_an_increment).verdict == "violated"


def test_a_lazy_object_is_loaded_only_where_the_body_does_it():
    def body():
        lazy = LoadingLazy()
        lock = threading.Lock()

        def use():
            with lock:
                lazy.attribute = 2

        in_two_threads(use)
        assert lazy.attribute == 2

    assert explore(body).verdict == "holds"


@pytest.mark.parametrize(
    "model", ["free-threaded", pytest.param("gil", marks=pytest.mark.needs_gil)]
)
@pytest.mark.parametrize("search", ["auto", "exhaustive"])
def test_a_proxy_is_asked_for_nothing_but_what_the_body_uses(search, model):
    ASKED.clear()

    def body():
        proxy, seen = Proxy(), {}

        def use():
            seen["n"] = seen.get("n", 0) + 1
            proxy.value = seen
            seen[proxy.value["n"]] = proxy

        in_two_threads(use)
        assert seen["n"] == 2

    exploration = explore(body, search=search, model=model)

    assert exploration.verdict == "violated"
    assert set(ASKED) == {"value"}


class AskedClass(type):
    """Be like the metaclass of param: each attribute of a class is looked up by Python code."""

    def __getattribute__(cls, name):
        return type.__getattribute__(cls, name)


class Parameterized(metaclass=AskedClass):
    value = 1


class ApiModule(types.ModuleType):
    """Be like a module of apipkg, which loads all of itself for its `__dict__`."""

    @property
    def __dict__(self):
        self.count  # noqa: B018  it is looked up in Python, too
        return types.ModuleType.__dict__["__dict__"].__get__(self)

    def __getattr__(self, name):
        return 0


def test_attributes_that_python_code_looks_up_are_no_endless_recursion():
    module = ApiModule("module")
    module.count = 1

    def body():
        shared = {}

        def look():
            shared[Parameterized.value] = module.count

        threads = [threading.Thread(target=look) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert shared == {1: 1}

    assert explore(body).failure is None


def test_attributes_are_set_in_a_module_that_loads_all_of_itself_when_asked():
    module = ApiModule("module")

    def body():
        def write():
            module.first = 1
            del module.first

        in_two_threads(write)

    failure = explore(body).failure

    assert type(failure.exception) is AttributeError  # both set it, both delete it
    assert module.first == 0  # put back: it has none of its own
