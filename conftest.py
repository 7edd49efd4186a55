"""What all tests share: no answers of anybody's, no progress bars with their times, and figures compared by their looks."""

import os
import tempfile

import nbval.plugin

from tests.pictures import without_equal_pictures

os.environ["COURSE_ANSWERS"] = tempfile.mkdtemp(prefix="answers-of-the-tests-")
os.environ["TQDM_DISABLE"] = "1"
os.environ.pop("MPLBACKEND", None)  # the kernels choose the one that draws into the notebook

_compare_outputs = nbval.plugin.IPyNbCell.compare_outputs


def _compare_with_pictures(cell, test, ref, skip_compare=None):
    return _compare_outputs(cell, *without_equal_pictures(test, ref), skip_compare)


nbval.plugin.IPyNbCell.compare_outputs = _compare_with_pictures  # nbval itself compares the bytes of a PNG, or nothing
