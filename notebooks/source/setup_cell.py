# @title Run this cell first. It finds the course around this notebook, unpacks its ZIP, or fetches it.
import importlib.util, os, pathlib, shutil, subprocess, sys, tempfile, zipfile
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
    beside = [here, *((here / m).parent for m in mine if m), pathlib.Path("/content/drive/MyDrive")]
    packed = [p for folder in dict.fromkeys(beside) for p in sorted(folder.glob("*.zip"))]
    cut = [p.name for p in packed if not zipfile.is_zipfile(p)]
    packed = [p for p in packed if p.name not in cut and any(n.endswith("/helpers/exercises/__init__.py")
                                                             for n in zipfile.ZipFile(p).namelist())]
    try:
        with tempfile.TemporaryDirectory(prefix=f"{name}-unfinished-", dir=here) as part:
            if packed:
                zipfile.ZipFile(packed[0]).extractall(part)
            else:
                subprocess.run(["git", "clone", "-q", "--depth=1", "--branch=@BRANCH@", address, f"{part}/{name}"],
                               check=True, capture_output=True, text=True, env={**os.environ, "GIT_TERMINAL_PROMPT": "0"})
            whole = next(pathlib.Path(part).glob("*/helpers/exercises")).parents[1]
            course = whole.rename(here / name)                # last, so that what has this name is whole
    except (OSError, subprocess.CalledProcessError, zipfile.BadZipFile, StopIteration) as error:
        why = (f"{packed[0].name} is damaged" if isinstance(error, zipfile.BadZipFile) else
               f"{here / name} is in the way" if (here / name).exists() else
               f"{cut[0]} is not whole (is it still being uploaded?)" if cut else
               "its public address is not known yet" if not address else
               "fetching it needs git, which is not installed" if not shutil.which("git") else
               f"it could not be fetched: {str(getattr(error, 'stderr', error)).strip()}")
        raise RuntimeError(f"The course is not around this notebook, and {why}. Upload the course's ZIP (from GitHub's "
                           f"Download ZIP, or from python start.py pack) into the folder {here}, in Colab behind the "
                           "folder sign at the left edge, and run this cell again.") from None
    print("Unpacked" if packed else "Fetched", "the course into", course)
if sys.path[0] != str(course):
    sys.path.insert(0, str(course))
import helpers

helpers.open_notebook("@NOTEBOOK@", edition=@EDITION@)
