"""Execute a notebook in a kernel of its own, which is the same on every machine: for the build, and for the tests."""

import os
import tempfile

from nbclient import NotebookClient

# nobody's answers, no progress bars with their times, one thread, no jitter, no warning of an older debugger
ALONE = {"TQDM_DISABLE": "1", "OPENBLAS_NUM_THREADS": "1", "COURSE_JITTER": "", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
LEFT_OUT = ("COURSE_STRICT_CLAIMS", "MPLBACKEND")  # claims print; the kernel chooses what draws into the notebook


def execute(notebook, folder, *, timeout=900, allow_errors=False, **environment):
    """Execute a notebook, which gets its outputs, with `folder` as the working directory.

    timeout : seconds for a cell. environment : more variables; they win over those of `ALONE`.
    Raises nbclient's CellExecutionError where a cell raises, unless `allow_errors`.
    """
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        allow_errors=allow_errors,
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=40"],
        resources={"metadata": {"path": str(folder)}},
    )
    with tempfile.TemporaryDirectory() as answers:
        kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        client.execute(env={**kept, **ALONE, "COURSE_ANSWERS": answers, **environment})
