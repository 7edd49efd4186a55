"""Call a function and stop it when it does not come back, on every system and in every thread.

    value = limited(3.0, function, *arguments)          # raises OutOfTime after three seconds

A thread, the watcher, sleeps until the first call's time is over; it is started at the first call and waits for the others. In
the main thread it asks the interpreter to run a handler there (`_thread.interrupt_main`, no real signal is sent). The
handler has the last word: it looks at the stack, and raises only while the function itself is running. So nothing can be raised
behind the call, however busy the machine is, and no handler is left in the interpreter. In other threads, where no handler
runs, the watcher looks at the stack itself (a loop there that catches each exception inside of it goes on). One long call inside
NumPy is stopped when it returns.
"""

import _thread
import contextlib
import ctypes
import math
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


class _Watcher:
    """The thread that tells calls that their time is over. One does for all: starting one for each would be most of their cost.

    A call is told again and again until it is gone. There are no locks, which a handler could interrupt: a call is put into a
    list, and wakes the watcher only where that would look later than the call ends.
    """

    def __init__(self):
        self.calls, self.looks_at, self.wake = [], math.inf, _thread.allocate_lock()
        self.wake.acquire()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def add(self, call):
        self.calls.append(call)
        if call.clock.end < self.looks_at:
            with contextlib.suppress(RuntimeError):  # it is awake
                self.wake.release()

    def _watch(self):
        woken = True
        while True:
            self.looks_at = math.inf  # before it looks: who comes later wakes it
            calls = [call for call in list(self.calls) if not call.done and call.clock.told < TRIES]
            for call in calls:
                if time.monotonic() >= call.clock.end:
                    call.tell()
            now = time.monotonic()
            if calls:
                self.looks_at = min(max(call.clock.end, now + 0.002) for call in calls)
            elif woken:  # by a call that is gone already: others will follow, and need not wake it
                self.looks_at = now + 0.25
            woken = self.wake.acquire(timeout=self.looks_at - now if self.looks_at < math.inf else -1)


_watcher = None


def _watched(call):
    """Return the watcher, at work for this call, or None where there are no threads."""
    global _watcher
    if _watcher is None or not _watcher.thread.is_alive():  # in a forked process it is not
        try:
            _watcher = _Watcher()
        except RuntimeError:
            return None
    watcher = _watcher
    watcher.add(call)
    return watcher


class _Call:
    """A call under way, and how to tell it that its time is over."""

    def __init__(self, seconds, tell):
        self.clock, self.done, self.tell = _Clock(seconds), False, tell


def _inside(function, arguments):
    """Call the function: the frame by which the handler knows that it is still running."""
    return function(*arguments)


def _by_handler(seconds, function, arguments):
    call = _Call(seconds, lambda: _thread.interrupt_main(_SIGNAL))
    clock = call.clock

    def handler(number, frame):
        if call.done or not _runs_inside(frame) or not clock.is_over(frame):
            return
        clock.told += 1
        if clock.told > STUBBORN:
            _raise_at_each_line(frame, clock)
        raise OutOfTime

    try:
        before = signal.signal(_SIGNAL, handler)
    except ValueError:  # not the main interpreter
        return function(*arguments)
    watcher = None
    try:
        watcher = _watched(call)
        return _inside(function, arguments)
    finally:
        call.done = True
        if watcher:
            watcher.calls.remove(call)
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
    lock, target = threading.Lock(), threading.get_ident()

    def tell():
        with lock:
            frame = sys._current_frames().get(target)
            if not call.done and _runs_inside(frame) and call.clock.is_over(frame):
                call.clock.told += 1
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(target), ctypes.py_object(OutOfTime))

    call = _Call(seconds, tell)
    watcher = _watched(call)
    if watcher is None:
        return function(*arguments)
    try:
        return _inside(function, arguments)
    finally:
        while not call.done:
            try:
                with lock:
                    call.done = True
                if call.clock.told:
                    sum(range(1000)), time.sleep(0)
            except OutOfTime:
                call.done = True
        watcher.calls.remove(call)


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
