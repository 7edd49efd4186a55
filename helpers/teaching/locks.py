"""Shut a process in: from here on it can reach no network, start no process, write no file, and read Python and the course alone.

Three locks, each for itself, none of which can be opened again from inside:

    Python's own   an audit hook refuses such calls; it is there on every system
    seccomp        Linux: the kernel refuses the system calls, whoever makes them
    Landlock       Linux 5.13 and newer: the kernel refuses every file outside the folders that are named

and limits of memory, time and file size, where the system has them (not on Windows).
"""

import contextlib
import ctypes
import functools
import os
import platform
import struct
import sys
import sysconfig

from helpers.learner.answers import ROOT

try:
    import resource
except ImportError:  # Windows
    resource = None

# the events of Python's that are refused: whole families (up to the point), and single ones
FAMILIES = frozenset("socket subprocess shutil tempfile ctypes fcntl ftplib smtplib urllib http winreg _winapi pty mmap".split())
EVENTS = frozenset(
    "os.system os.exec os.fork os.forkpty os.posix_spawn os.spawn os.startfile os.kill os.killpg signal.pthread_kill "
    "os.remove os.rename os.rmdir os.mkdir os.chmod os.chown os.chflags os.lockf os.truncate os.link os.symlink os.utime "
    "os.setxattr os.removexattr os.chroot gc.get_objects gc.get_referrers gc.get_referents resource.setrlimit "
    "resource.prlimit sys.addaudithook sys.setprofile syslog.openlog".split()
)
READS = frozenset(["open", "os.listdir", "os.scandir", "os.chdir"])

# the system calls that are refused: (number on x86_64, on aarch64); None where there is none
CALLS = {
    "socket": (41, 198), "socketpair": (53, 199), "fork": (57, None), "vfork": (58, None), "execve": (59, 221),
    "execveat": (322, 281), "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "chmod": (90, None),
    "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None), "fchown": (93, 55),
    "lchown": (94, None), "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None), "futimesat": (261, None),
    "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268), "reboot": (169, 142), "bpf": (321, 280),
    "io_uring_setup": (425, 425), "perf_event_open": (298, 241), "init_module": (175, 105), "finit_module": (313, 273),
    "kexec_load": (246, 104), "swapon": (167, 224), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "sethostname": (170, 161), "add_key": (248, 217), "keyctl": (250, 219), "shmget": (29, 194), "msgget": (68, 186),
    "mq_open": (240, 180), "setpriority": (141, 140), "sched_setaffinity": (203, 122),
}  # fmt: skip
CLONE, CLONE3, PRLIMIT = (56, 220), (435, 435), (302, 261)
closed = []  # the locks that this process is behind
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # the column above, and how a filter knows the machine


def shut_in(*, memory, seconds):
    """Shut this process in, for good; note in `closed` the names of the locks that the system has.

    memory : bytes that it may take beyond what it has now. seconds : of a core that it may use.
    """
    _limit(memory, seconds)
    folders = readable()
    closed.extend(name for name, lock in (("Landlock", landlock), ("seccomp", seccomp)) if lock(folders))
    hook(folders)
    closed.append("Python")


@functools.cache
def readable():
    """Return the folders that a process may go on to read: Python with its packages, and the course's helpers and data."""
    packages = [p for p in sys.path if os.path.basename(p) in ("site-packages", "dist-packages")]
    python = [sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values(), *packages]
    course = [str(ROOT / "helpers"), str(ROOT / "data")]
    system = ["/usr/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom"]
    found = {os.path.realpath(p) for p in [*python, *course, *(system if os.name != "nt" else [])] if os.path.exists(p)}
    return sorted(found - {os.path.realpath(ROOT), os.path.realpath(os.sep), os.path.realpath(os.path.expanduser("~"))})


def hook(folders):
    """Let Python refuse what is named above, and every file that is to be written or lies outside these folders."""
    below = tuple(os.path.normcase(os.path.join(folder, "")) for folder in folders)
    real, join, case = os.path.realpath, os.path.join, os.path.normcase
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    families, events, reads, is_text = FAMILIES, EVENTS, READS, (str, bytes, os.PathLike)
    decode, refused = os.fsdecode, PermissionError

    def refuse(event, arguments):
        if event in events or event.partition(".")[0] in families:
            raise refused(f"an answer may not do this: {event}")
        if event in reads and arguments and isinstance(arguments[0], is_text):
            if not case(join(real(decode(arguments[0])), "")).startswith(below):
                raise refused(f"an answer may not read this: {decode(arguments[0])!r}")
            if event == "open" and (arguments[2] or 0) & writing:
                raise refused(f"an answer may not write this: {decode(arguments[0])!r}")

    sys.addaudithook(refuse)


def seccomp(folders=()):
    """Let the Linux kernel refuse the system calls named above; return whether it does."""
    column, machine = MACHINES.get(platform.machine(), (None, None))
    if column is None or sys.platform != "linux" or sys.maxsize < 2**32:
        return False
    allow, refuse, unknown, kill = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000  # EPERM; ENOSYS
    load, equal, any_bit, at_least, end = 0x20, 0x15, 0x45, 0x35, 0x06
    number, arch, first_argument = 0, 4, 16
    steps = [(load, 0, 0, arch), (equal, 1, 0, machine), (end, 0, 0, kill), (load, 0, 0, number)]
    steps += [(at_least, 0, 1, 0x40000000), (end, 0, 0, refuse)]  # x86_64's second set of numbers
    for call in CALLS.values():
        if call[column] is not None:
            steps += [(equal, 0, 1, call[column]), (end, 0, 0, refuse)]
    steps += [(equal, 0, 1, CLONE3[column]), (end, 0, 0, unknown)]  # its flags cannot be seen: let the library use clone
    thread = 0x10000
    steps += [(equal, 0, 4, CLONE[column]), (load, 0, 0, first_argument), (any_bit, 1, 0, thread)]
    steps += [(end, 0, 0, refuse), (end, 0, 0, allow)]
    steps += [(equal, 0, 4, PRLIMIT[column]), (load, 0, 0, first_argument), (equal, 1, 0, 0)]  # 0: its own limits
    steps += [(end, 0, 0, refuse), (end, 0, 0, allow), (end, 0, 0, allow)]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    program = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(program))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_seccomp, by_filter = 38, 22, 2
    if libc.prctl(no_new_privileges, 1, 0, 0, 0):
        return False
    return libc.prctl(set_seccomp, by_filter, ctypes.create_string_buffer(head, len(head)), 0, 0) == 0


def landlock(folders):
    """Let the Linux kernel refuse to read outside these folders and to write anywhere; return whether it does."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    create, add, restrict = 444, 445, 446
    version = libc.syscall(create, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rights = (1 << (13 + (version >= 2) + (version >= 3) + (version >= 5) * (version >= 3))) - 1
    fields = [rights] + [3] * (version >= 4) + [3] * (version >= 6)  # files; TCP; abstract sockets and signals
    rules = libc.syscall(create, struct.pack(f"{len(fields)}Q", *fields), ctypes.c_size_t(8 * len(fields)), 0)
    if rules < 0:
        return False
    try:
        execute, read_file, read_folder = 1, 4, 8
        for folder in folders:
            allowed = execute | read_file | (read_folder if os.path.isdir(folder) else 0)
            with contextlib.suppress(OSError):
                place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
                libc.syscall(add, rules, 1, struct.pack("=Qi", allowed, place), 0)
                os.close(place)
        return libc.prctl(38, 1, 0, 0, 0) == 0 and libc.syscall(restrict, rules, 0) == 0
    finally:
        os.close(rules)


def _limit(memory, seconds):
    if resource is None:
        return
    with contextlib.suppress(OSError, ValueError):
        pages = int(open("/proc/self/statm").read().split()[0])
        most = pages * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    for name, most in (("RLIMIT_CPU", seconds), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0)):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(getattr(resource, name), (most, most))
