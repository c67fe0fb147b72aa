import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the sdist, and the wheel from the sdist, as a release does."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=500,
    )
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        yield archive


@pytest.fixture(scope="module")
def sdist_names(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def sources():
    return {
        str(path.relative_to(ROOT))
        for package in ("harness", "strategies")
        for path in (ROOT / package).rglob("*.py")
    }


def test_the_wheel_holds_both_packages_and_nothing_else(wheel):
    packaged = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert {"harness/py.typed", "strategies/py.typed"} <= packaged
    assert {name for name in packaged if name.endswith(".py")} == sources()
    assert {name.partition("/")[0] for name in packaged} == {"harness", "strategies"}


def test_the_wheel_holds_the_license_and_the_entry_points(wheel):
    names = wheel.namelist()
    entry_points = wheel.read(next(name for name in names if name.endswith("entry_points.txt")))

    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert re.findall(r"^\S.*", entry_points.decode(), re.MULTILINE) == [
        "[console_scripts]",
        "harness = harness.__main__:main",
        "[hypothesis]",
        "harness = harness._hypothesis:register",
        "[pytest11]",
        "harness.plugin = harness.plugin",
    ]


def test_the_sdist_holds_the_packages_and_what_a_tester_needs(sdist_names):
    expected = {
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "conftest.py",
        "harness/py.typed",
        "pyproject.toml",
        "strategies/py.typed",
        "tests/test_packaging.py",
    }

    assert expected <= sdist_names
    assert sources() <= sdist_names


def test_the_sdist_holds_no_leftovers(sdist_names):
    leftovers = re.compile(r"__pycache__|\.pyc$|\.(mypy|pytest|ruff)_cache|\.hypothesis|\.venv")

    assert [name for name in sdist_names if leftovers.search(name)] == []
