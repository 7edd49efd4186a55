"""Call a function and stop it when it does not come back, on every system and in every thread.

    value = limited(3.0, function, *arguments)          # raises OutOfTime after three seconds

In the main thread a watcher asks the interpreter to run a handler there (`_thread.interrupt_main`, no real signal is sent). The
handler has the last word: it looks at the stack, and raises only while the function itself is running. So nothing can be raised
behind the call, however busy the machine is, and nothing is left over in the interpreter. In other threads, where no handler
runs, the watcher looks at the stack itself (a loop there that catches each exception inside of it goes on). One long call inside
NumPy is stopped when it returns.
"""

import _thread
import ctypes
import signal
import sys
import threading
import time

TRIES = 400  # at most so many exceptions are raised for one function that catches them all
STUBBORN = 20  # after so many the handler raises at each of its lines, so that `except: pass` cannot hold it
IMPORT_SECONDS = 120.0  # an import that takes longer is no import
_SIGNAL = getattr(signal, "SIGVTALRM", getattr(signal, "SIGBREAK", None))  # one that nobody sends


class OutOfTime(BaseException):
    """Raised inside code that ran longer than its limit. No `Exception`, so that `except Exception` lets it through."""


def limited(seconds, function, *arguments):
    """Return function(*arguments); raise OutOfTime where it has not come back after so many seconds.

    The clock stands still while a module is imported or a debugger is at work. Where there are no threads (a browser)
    there is no limit. A limited call inside another has its own.
    """
    if sys.gettrace() is not None:
        return function(*arguments)
    if threading.current_thread() is threading.main_thread() and _SIGNAL is not None:
        return _by_handler(seconds, function, arguments)
    return _in_other_thread(seconds, function, arguments)


class _Clock:
    """When the function has to be back, and how often it was told so."""

    def __init__(self, seconds):
        self.seconds, self.end, self.latest = seconds, time.monotonic() + seconds, time.monotonic() + IMPORT_SECONDS
        self.told = 0

    def is_over(self, frame):
        """Return whether to raise in this frame; give more time to an import and to a debugger."""
        now = time.monotonic()
        if now < self.end:
            return False
        if not self.told and _paused(frame) and now < self.latest:
            self.end = now + self.seconds
            return False
        return self.told < TRIES


def _inside(function, arguments):
    """Call the function: the frame by which the handler knows that it is still running."""
    return function(*arguments)


def _by_handler(seconds, function, arguments):
    clock, done = _Clock(seconds), threading.Event()

    def handler(number, frame):
        if done.is_set() or not _runs_inside(frame) or not clock.is_over(frame):
            return
        clock.told += 1
        if clock.told > STUBBORN:
            _raise_at_each_line(frame, clock)
        raise OutOfTime

    def watch():
        while not done.wait(max(clock.end - time.monotonic(), 0.002)) and clock.told < TRIES:
            if time.monotonic() >= clock.end:
                _thread.interrupt_main(_SIGNAL)

    try:
        before = signal.signal(_SIGNAL, handler)
    except ValueError:  # not the main interpreter
        return function(*arguments)
    try:
        try:
            threading.Thread(target=watch, daemon=True).start()
        except RuntimeError:  # no threads here: no limit
            return function(*arguments)
        return _inside(function, arguments)
    finally:
        done.set()
        if clock.told > STUBBORN:
            sys.settrace(None)
        signal.signal(_SIGNAL, before if before is not None else signal.SIG_DFL)


def _raise_at_each_line(frame, clock):
    def trace(frame, event, argument):
        if event == "line" and clock.told < TRIES:
            clock.told += 1
            raise OutOfTime
        return trace

    sys.settrace(trace)
    while frame is not None and frame.f_code is not _inside.__code__:
        frame.f_trace = trace
        frame = frame.f_back


def _in_other_thread(seconds, function, arguments):
    """Stop a function outside of the main thread, where no handler runs, by an exception that another thread raises in it.

    It is raised only while the stack shows the function, and at most one can be on its way: that one is let out at the end.
    """
    clock, done, lock, target = _Clock(seconds), threading.Event(), threading.Lock(), threading.get_ident()

    def watch():
        while not done.wait(max(clock.end - time.monotonic(), 0.002)) and clock.told < TRIES:
            with lock:
                frame = sys._current_frames().get(target)
                if not done.is_set() and _runs_inside(frame) and clock.is_over(frame):
                    clock.told += 1
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(target), ctypes.py_object(OutOfTime))

    try:
        threading.Thread(target=watch, daemon=True).start()
    except RuntimeError:
        return function(*arguments)
    try:
        return _inside(function, arguments)
    finally:
        while not done.is_set():
            try:
                with lock:
                    done.set()
                if clock.told:
                    sum(range(1000)), time.sleep(0)
            except OutOfTime:
                done.set()


def _runs_inside(frame):
    while frame is not None:
        if frame.f_code is _inside.__code__:
            return True
        frame = frame.f_back
    return False


def _paused(frame):
    """Return whether a module is being imported, or a debugger is at work."""
    if sys.gettrace() is not None:
        return True
    while frame is not None and frame.f_code is not _inside.__code__:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib") or frame.f_globals.get("__name__") in (
            "bdb",
            "pdb",
            "IPython.core.debugger",
        ):
            return True
        frame = frame.f_back
    return False
