# Run this cell first. It finds the course around this notebook; if the notebook is on its own, it fetches the course.
import importlib.util, os, pathlib, shutil, subprocess, sys, tempfile
if sys.version_info < (3, 11):
    raise RuntimeError("This course needs Python 3.11 or newer, and this kernel is older: choose another one under Kernel.")
here, name, address = pathlib.Path.cwd(), "@NAME@", os.environ.get("COURSE_SOURCE", "@ADDRESS@")
mine = [globals().get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME")]     # this notebook's own file, if known
places = [p for start in (here / "_", *(here / m for m in mine if m)) for p in start.parents] + [here / name]
places += [p.parents[1] for p in sorted(here.glob("*/helpers/exercises"))]           # the course in a folder below
found = importlib.util.find_spec("helpers")                                           # or installed for everybody
places += [pathlib.Path(found.origin).parents[1]] if found and found.origin else []
course = next((p for p in places if (p / "helpers" / "exercises").is_dir()), None)
if course is None:
    try:
        with tempfile.TemporaryDirectory(prefix=f"{name}-unfinished-", dir=here) as part:
            subprocess.run(["git", "clone", "-q", "--depth=1", "--branch=@BRANCH@", address, f"{part}/{name}"],
                           check=True, capture_output=True, text=True, env={**os.environ, "GIT_TERMINAL_PROMPT": "0"})
            course = pathlib.Path(part, name).rename(here / name)     # last, so that what has this name is whole
    except (OSError, subprocess.CalledProcessError) as error:
        why = ("its public address is not known yet" if not address else
               "that needs git, which is not installed" if not shutil.which("git") else
               f"{here / name} is in the way" if (here / name).exists() else str(getattr(error, "stderr", error)).strip())
        raise RuntimeError(f"The course is not around this notebook and could not be fetched: {why}. Download the whole "
                           "course and open this notebook from its notebooks folder.") from None
    print("Fetched the course into", course)
if sys.path[0] != str(course):
    sys.path.insert(0, str(course))
import helpers

helpers.open_notebook("@NOTEBOOK@", edition=@EDITION@)
