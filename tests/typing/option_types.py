"""Checked by mypy: a misspelt name of a search, a model or a carrier is an error."""

from harness import check, explore, replay, run


def body() -> None: ...


explore(body, search="exhaustive", model="gil", carrier="threads")
check(body, search="best")  # type: ignore[arg-type]
run(body, model="nogil")  # type: ignore[arg-type]
replay(body, "", carrier="processes")  # type: ignore[arg-type]
