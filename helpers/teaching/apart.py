"""Do jobs apart: each in a process of its own that is shut in (locks.py), with limits, and gone afterwards.

    nursery = Nursery(prepare, do)
    nursery.ask("1.1", job)       # what do("1.1", job) gives back, or None where its process came to nothing
    nursery.close()

A nursery is a process that is warmed up, `prepare("1.1")`, and then splits off one process a job (Linux), which costs a few
milliseconds. The job goes past it, straight to that one: so no process ever holds two people's work. Elsewhere a process cannot
be split off safely once NumPy is in it; there each job starts a fresh one, in a second or two.

Only JSON comes back, never an object: to unpickle what a stranger made would be to run it. And what comes back may be what that
stranger wrote: whoever asks looks at its form.
"""

import gc
import json
import multiprocessing
import os
import signal
import sys
import threading

from helpers.teaching.locks import readable, shut_in

MEMORY = 2**30  # bytes beyond those of the nursery
CPU_SECONDS = 20  # of a core; an honest answer's check takes a tenth
SECONDS = 40  # by the clock: for one that sleeps, and on a busy machine
MOST = 2**24  # bytes that come back from a job
SPLITS = sys.platform == "linux"


class Nursery:
    """A process that does jobs apart, one after another. Used by one thread; several nurseries work side by side.

    seconds : how long a job may take by the clock. splits : whether processes are split off, or started afresh.
    """

    def __init__(self, prepare, do, *, seconds=SECONDS, splits=SPLITS):
        self.work = prepare, do, seconds, splits
        self.process = None

    def ask(self, kind, job):
        """Return do(kind, job) as it was done apart; None where that process was stopped, or ended without a result.

        kind : str, what is to be prepared. job : what JSON can hold. Ends of processes are no exception here.
        """
        text = json.dumps(job).encode()
        try:
            if self.process is None:
                self._begin()
            self.number += 1
            self.orders.send_bytes(json.dumps([kind, self.number]).encode())
            self.jobs.send_bytes(b"%d " % self.number + text)
            result = self.results.recv_bytes()
        except (EOFError, OSError):  # the nursery itself is gone: the system killed it
            self.close()
            return None
        try:
            return json.loads(result)
        except (ValueError, RecursionError):
            return None

    def _begin(self):
        fresh = multiprocessing.get_context("spawn")
        (orders, self.orders), (jobs, self.jobs), (self.results, results) = (fresh.Pipe(duplex=False) for _ in range(3))
        self.number = 0
        self.process = fresh.Process(target=_nurse, args=(self.work, orders, jobs, results))
        self.process.start()
        for end in (orders, jobs, results):
            end.close()

    def close(self):
        """End the process."""
        if self.process is not None:
            self.orders.close()  # the nursery reads its end there, and goes
            self.process.join(1)
            self.process.kill()
            self.process.join()
            self.jobs.close()
            self.results.close()
            self.process = None


def _nurse(work, orders, jobs, results):
    """Split off one process for each order, and hand on what it says. The job itself is not read here."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks ends it
    prepare, _, _, splits = work
    while True:
        try:
            kind, number = json.loads(orders.recv_bytes())
        except (EOFError, OSError):
            return
        if splits:
            prepare(kind)
            readable()
            gc.freeze()  # the collector of a process that is split off leaves these pages shared
        results.send_bytes(_split_off(work, kind, number, jobs) or b"null")


def _split_off(work, kind, number, jobs):
    prepare, do, seconds, splits = work
    how = multiprocessing.get_context("fork" if splits else "spawn")
    result, its = how.Pipe(duplex=False)
    child = how.Process(target=_one, args=(prepare, do, kind, number, jobs, its))
    said = None
    try:
        child.start()
    except OSError:  # no memory for another process
        its.close()
    else:
        its.close()
        alarm = threading.Timer(seconds, child.kill)
        alarm.start()
        try:
            said = result.recv_bytes(MOST)
        except (EOFError, OSError):
            pass
        alarm.cancel()
        alarm.join()
        child.kill()
        child.join()
        child.close()
    result.close()
    while said is None and jobs.poll(0.2):  # it ended before it had read its job
        jobs.recv_bytes()
    return said


def _one(prepare, do, kind, number, jobs, result):
    """Read one job, do it shut in, send the result."""
    mine, job = b"%d " % number, b""
    while not job.startswith(mine):  # an older one was left behind by a process that was killed
        job = jobs.recv_bytes()
    prepare(kind)  # done already where it was split off
    jobs.close()
    _quiet(keep=result.fileno() if os.name != "nt" else None)
    shut_in(memory=MEMORY, seconds=CPU_SECONDS)
    result.send_bytes(json.dumps(do(kind, json.loads(job[len(mine) :]))).encode())


def _quiet(keep):
    """Let nothing that is printed reach the page, and close the pipes of everybody else."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    if keep is not None:
        os.closerange(3, keep)
        os.closerange(keep + 1, 4096)
