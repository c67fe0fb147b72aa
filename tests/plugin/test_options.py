import pytest

from harness.plugin.options import header, read_options

TEST = """
def test_safe(interleave):
    print("EXECUTIONS", interleave(count_safely).executions)
"""


def options_of(pytester, *arguments):
    return read_options(pytester.parseconfig(*arguments))


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        (
            "--harness-executions=many",
            "--harness-executions is 'many'. Give a whole number, 1 or m",
        ),
        ("--harness-seconds=-1", "--harness-seconds is '-1'. Give a positive number of seconds."),
        ("--harness-search=best", "--harness-search: search='best' is unknown. Use one of 'auto'"),
        (
            "--harness-executions-to-minimize=-1",
            "--harness-executions-to-minimize is '-1'. Give a whole number, 0 or more.",
        ),
        ("--harness-carrier=fibers", "--harness-carrier: carrier='fibers' is unknown. Use one of "),
        ("--harness-model=x86", "--harness-model: model='x86' is unknown. Use one of "),
        ("--harness-seed=x", "--harness-seed is 'x'. Give a whole number."),
        ("--harness-instrument=json,nowhere", "--harness-instrument: instrument got 'nowhere'"),
        ("--harness-preemptions=-1", "--harness-preemptions is '-1'. Give a whole number, 0 or m"),
        ("--harness-max-steps=0", "--harness-max-steps is '0'. Give a whole number, 1 or more."),
        ("--harness-replay=T1@2>T2", "'T1@2>T2' is an interleaving, but no token: the '#' and its"),
        ("--harness-replay=T1#12", "'T1#12' is no replay token."),
        ("--harness-replay=T1", "Interleaving.parse cannot read 'T1' in 'T1'."),
    ],
)
def test_a_bad_value_is_refused_with_a_remedy(pytester, argument, message):
    with pytest.raises(pytest.UsageError) as caught:
        options_of(pytester, argument)

    assert message in str(caught.value)


def test_a_bad_value_ends_the_session_before_collection(run_tests):
    run_tests.pytester.makeconftest("def pytest_collection(): print('COLLECTING')")
    result = run_tests(TEST, "--harness-executions=0", "-s")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --harness-executions is '0'. Give a whole number, 1 or *"])
    result.stdout.no_fnmatch_line("COLLECTING")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("harness_executions = many", "harness_executions in tox.ini: "),
        (
            "harness_max_steps = 0",
            "harness_max_steps in tox.ini is 0. Give a whole number, 1 or more",
        ),
        ("harness_search = best", "harness_search in tox.ini: search='best' is unknown."),
        ("harness_instrument = nowhere", "harness_instrument in tox.ini: instrument got 'nowhere'"),
    ],
)
def test_a_bad_value_in_the_configuration_file_is_refused(pytester, value, message):
    pytester.makefile(".ini", tox=f"[pytest]\n{value}\n")
    with pytest.raises(pytest.UsageError) as caught:
        options_of(pytester)

    assert message in str(caught.value)


def test_a_bad_value_in_the_environment_is_refused(pytester, monkeypatch):
    monkeypatch.setenv("HARNESS_SEED", "x")
    with pytest.raises(pytest.UsageError, match="HARNESS_SEED is 'x'"):
        options_of(pytester)


def test_the_command_line_goes_before_the_environment_before_the_file(pytester, monkeypatch):
    assert options_of(pytester).values == {}
    pytester.makefile(".ini", tox="[pytest]\nharness_executions = 3\nharness_seconds = 9\n")
    assert options_of(pytester).values == {"executions": 3, "seconds": 9.0}
    monkeypatch.setenv("HARNESS_EXECUTIONS", "4")
    assert options_of(pytester).values == {"executions": 4, "seconds": 9.0}
    chosen = options_of(pytester, "--harness-executions=5")
    assert chosen.values == {"executions": 5, "seconds": 9.0}
    assert chosen.merged({"executions": 6, "seconds": None}) == {"executions": 6, "seconds": 9.0}


def test_the_configuration_file_may_be_typed(pytester):
    pytester.makepyprojecttoml(
        '[tool.pytest]\nharness_max_steps = 500\nharness_seconds = 2\nharness_instrument = ["json"]'
    )
    assert options_of(pytester).values == {
        "seconds": 2,
        "instrument": ("json",),
        "max_steps": 500,
    }


def test_packages_may_be_repeated_or_separated_by_commas(pytester):
    chosen = options_of(
        pytester, "--harness-instrument=json, queue", "--harness-instrument=argparse"
    )
    assert chosen.values["instrument"] == ("json", "queue", "argparse")


def test_the_bound_of_a_project_is_for_exhaustive_searches_only(pytester):
    chosen = options_of(pytester, "--harness-preemptions=2")
    assert chosen.merged({}) == {}
    assert chosen.merged({"search": "exhaustive"}) == {"search": "exhaustive", "preemptions": 2}
    assert chosen.merged({"preemptions": 1}) == {"preemptions": 1}


def test_what_a_token_depends_on_is_repeated_in_the_replay_line(pytester, monkeypatch):
    monkeypatch.setenv("HARNESS_MAX_STEPS", "900")
    chosen = options_of(pytester, "--harness-instrument=json,queue", "--harness-executions=5")
    assert chosen.flags_to_repeat() == [
        "--harness-instrument='json,queue'",
        "--harness-max-steps='900'",
    ]


def test_an_argument_of_the_fixture_goes_before_the_command_line(run_tests):
    result = run_tests(
        """
def test_given(interleave):
    print("GIVEN", interleave(count_safely, executions=6).executions)

@pytest.mark.parametrize("guard", [threading.Lock()])
@pytest.mark.interleave(executions=3)
def test_marked(guard):
    count(guard=guard)

def test_left_out(interleave):
    print("LEFT OUT", interleave(count_safely, executions=None).executions)
""",
        "--harness-executions=4",
        "--harness-seed=11",
        "-s",
        "--junitxml=report.xml",
    )
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["harness: executions=4, seed=11", "*GIVEN 6*", "*LEFT OUT 4*"])
    report = (run_tests.pytester.path / "report.xml").read_text()
    assert '<property name="harness.executions" value="3" />' in report
    assert report.count('<property name="harness.seed" value="11" />') == 3


def test_the_header_has_a_line_only_for_those_who_care(pytester):
    def shown(*arguments):
        config = pytester.parseconfig(*arguments)
        return header(config, read_options(config))

    assert shown() is None
    assert shown("-v") == "harness: default options"
    assert shown("--harness-instrument=json") == "harness: instrument=json"


def test_the_plugin_loads_no_engine_and_no_hypothesis(run_tests):
    result = run_tests(
        """
import sys

def test_nothing_is_loaded():
    loaded = {name for name in sys.modules if name.startswith("harness.plugin.")}
    assert "harness.plugin.session" in loaded
    assert "hypothesis" not in sys.modules
    assert not {"harness.plugin.exploring", "harness.plugin.engine_options"} & loaded
"""
    )
    result.assert_outcomes(passed=1)
