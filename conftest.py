"""What all tests share: no answers of anybody's, no progress bars with their times, and figures compared by their looks."""

import gc
import hashlib
import os
import re
import sys
import tempfile

import nbval.plugin
import pytest

from tests import lessons
from tests.pictures import comparable, limit_of

FOLDER = tempfile.TemporaryDirectory(prefix="answers-of-the-tests-")
os.environ["COURSE_ANSWERS"] = FOLDER.name
os.environ["TQDM_DISABLE"] = "1"
os.environ["COURSE_STRICT_CLAIMS"] = "1"  # a claim that does not hold fails
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the workers are one a core: more threads would only wait for each other
os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # older kernels print a warning of their debugger
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (os.path.join(os.path.dirname(__file__), "tests", "jitter"),
                                                         os.environ.get("PYTHONPATH"))))  # asleep without COURSE_JITTER
os.environ.pop("MPLBACKEND", None)  # the kernels choose the one that draws into the notebook

def pytest_addoption(parser):
    parser.addoption("--lesson", metavar="04", help="run only the tests that belong to this notebook: see tests/lessons.py")


def pytest_configure(config):
    lessons.chosen = config.own_tests = None
    if number := config.getoption("lesson"):
        try:
            lessons.chosen = lessons.find(number)
        except ValueError as problem:
            raise pytest.UsageError(str(problem)) from None
        config.own_tests = lessons.own_files(lessons.chosen)
    config.option.loadscopereorder = False  # the workers take the files in our order


def pytest_ignore_collect(collection_path, config):
    """Leave out the files without tests of the lesson that is asked for."""
    if lessons.chosen and collection_path.is_file():
        return None if lessons.is_collected(collection_path, lessons.chosen, config.own_tests) else True


def pytest_collection_modifyitems(config, items):
    """Leave out the tests of other lessons; and begin with the files that take longest, so that no worker waits at the end."""
    if lessons.chosen:
        others = [item for item in items if not lessons.belongs(item, lessons.chosen, config.own_tests)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]
    files = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    items[:] = [item for tests in sorted(files.values(), key=_length, reverse=True) for item in tests]


def _length(tests):
    """Return what the files of tests are ordered by: notebooks, before all others, by the seconds that their cells name."""
    if tests[0].get_closest_marker("takes_minutes"):
        return 1e7
    if not isinstance(tests[0], nbval.plugin.IPyNbCell):
        return len(tests)
    named = [re.match(r"# about (\d+) s", test.cell.source) for test in tests]
    return 1e6 + len(tests) + sum(int(found[1]) for found in named if found)


_compare_outputs = nbval.plugin.IPyNbCell.compare_outputs


def _compare_as_seen(cell, test, ref, skip_compare=None):
    """Compare a cell's outputs with what is committed, by what one sees."""
    return _compare_outputs(cell, *comparable(test, ref, limit_of(cell.cell.id)), skip_compare)


nbval.plugin.IPyNbCell.compare_outputs = _compare_as_seen  # nbval itself compares the bytes of a PNG, or nothing


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Give each notebook answers of its own, and jitter: random floats changed in their tenth digit (see tests/shaken.py).

    It has to print what is committed all the same.
    """
    if isinstance(item, nbval.plugin.IPyNbCell):
        name = hashlib.sha256(str(item.path).encode()).hexdigest()[:12]
        os.environ["COURSE_ANSWERS"] = os.path.join(FOLDER.name, name)
        os.environ["COURSE_JITTER"] = "1"


@pytest.fixture(autouse=True)
def clean_up():
    """Close what a test has drawn. And take hypothesis's clock out of the garbage collection: deep in a recursion it raises."""
    yield
    gc.callbacks[:] = [call for call in gc.callbacks if not getattr(call, "__module__", "").startswith("hypothesis")]
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
