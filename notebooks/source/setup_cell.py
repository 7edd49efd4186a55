# Run this cell first. It finds the course around this notebook; if the notebook is on its own, it fetches the course.
import os, pathlib, shutil, subprocess, sys, tempfile

def find_course(name="@NAME@", address=os.environ.get("COURSE_SOURCE", "@ADDRESS@")):
    here = pathlib.Path.cwd()
    for folder in [here, *here.parents, here / name]:
        if (folder / "helpers" / "exercises").is_dir() and (folder / "notebooks").is_dir():
            return folder
    try:
        if not address:
            raise OSError("its public address is not known yet")
        if (here / name).exists():
            raise OSError(f"{here / name} is not a whole copy of it; rename or delete that, and run this cell again")
        if not shutil.which("git"):
            raise OSError("that needs git, which is not installed")
        with tempfile.TemporaryDirectory(prefix=f"{name}-unfinished-", dir=here) as part:
            subprocess.run(["git", "clone", "--quiet", "--depth=1", "--branch=@BRANCH@", address, f"{part}/{name}"],
                           env={**os.environ, "GIT_TERMINAL_PROMPT": "0"}, check=True, capture_output=True, text=True)
            os.rename(f"{part}/{name}", here / name)          # last, so that what has this name is whole
    except (OSError, subprocess.CalledProcessError) as error:
        why = str(getattr(error, "stderr", error)).strip().rstrip(".")
        raise RuntimeError(f"The course is not around this notebook and could not be fetched: {why}.\n"
                           "Download the whole course and open this notebook from its notebooks folder.") from None
    print("Fetched the course into", here / name)
    return here / name

course = str(find_course())
if sys.path[0] != course:
    sys.path.insert(0, course)
import helpers

helpers.open_notebook("@NOTEBOOK@", edition=@EDITION@)
