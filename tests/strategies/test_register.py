import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import harness.interleaving
from harness._hypothesis import register
from harness.interleaving import Interleaving

ROOT = Path(harness.interleaving.__file__).parents[1]

SHADOWED = "import hypothesis, strategies; from harness._hypothesis import register; register(); "


register()  # Hypothesis does this itself only where the distribution is installed


@given(st.from_type(Interleaving))
def test_from_type_draws_interleavings(interleaving):
    assert isinstance(interleaving, Interleaving)


def test_given_infers_the_strategy_from_the_annotation():
    seen = []

    @given(...)
    def collect(interleaving: Interleaving) -> None:
        seen.append(interleaving)

    collect()

    assert {type(interleaving) for interleaving in seen} == {Interleaving}


def test_the_registered_strategy_shrinks_to_no_switch(minimal):
    assert minimal(st.from_type(Interleaving)) == Interleaving()


def test_hypothesis_can_be_imported_without_strategies(tmp_path):
    write_users_strategies(tmp_path)

    run_python(
        tmp_path,
        "import sys, hypothesis; from harness._hypothesis import register; register(); "
        "assert 'strategies' not in sys.modules, sys.modules['strategies']",
    )


@pytest.mark.parametrize(
    "draw", ["st.from_type(Interleaving).validate()", "st.from_type(Interleaving).example()"]
)
@pytest.mark.parametrize("submodule", ["animals", "interleavings"])
def test_a_users_own_strategies_folder_is_named_when_ours_is_needed(tmp_path, draw, submodule):
    write_users_strategies(tmp_path, submodule)

    result = run_python(
        tmp_path,
        SHADOWED
        + f"import strategies.{submodule}; from hypothesis import strategies as st; "
        + f"from harness.interleaving import Interleaving; {draw}",
        check=False,
    )

    assert result.returncode == 1
    message = result.stderr.splitlines()[-1]
    assert message.startswith("harness.errors.UsageError: There is no strategy for Interleaving: ")
    assert str(tmp_path / "strategies" / "__init__.py") in message
    assert "Rename that one" in message


def test_a_users_own_strategies_folder_does_not_break_types_that_are_not_ours(tmp_path):
    write_users_strategies(tmp_path)

    run_python(
        tmp_path,
        SHADOWED
        + "from hypothesis import strategies as st; from collections.abc import Hashable, Sized; "
        + "[st.from_type(kind).validate() for kind in (object, Hashable, Sized)]",
    )


@pytest.mark.parametrize("kind", [Interleaving | None, list[Interleaving], tuple[Interleaving]])
def test_types_that_contain_an_interleaving_can_be_drawn(minimal, kind):
    assert minimal(st.from_type(kind), bool)


def test_a_users_own_strategies_folder_works_under_pytest(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    write_users_strategies(pytester.path)
    pytester.makepyfile(
        """
        from hypothesis import given
        from harness._hypothesis import register
        from strategies.animals import animals

        register()

        @given(animals())
        def test_animals(animal):
            assert animal == "cat"
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)


def write_users_strategies(folder, submodule="animals"):
    package = folder / "strategies"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / f"{submodule}.py").write_text(
        "from hypothesis import strategies as st\n\ndef animals():\n    return st.just('cat')\n"
    )


def run_python(folder, code, check=True):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=check,
    )
