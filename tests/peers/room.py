"""Inside the room: from the first instruction in a fresh PID namespace to the exec of the init.

Whoever runs here is a copy of the driver without its loop: it must end by exec or _exit, never by returning to the driver.
"""
import ctypes
import fcntl
import os
import pty
import signal
import termios

libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
SYS_CLONE, SYS_SIGPROCMASK, SYS_SIGACTION, SYS_SIGQUEUE = (56, 14, 13, 129) if X86 else (220, 135, 134, 138)
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x10000000, 0x20000000
MS_REC_PRIVATE = 0x4000 | 0x40000
PR_SET_PDEATHSIG, PR_CAPBSET_DROP = 1, 24
OBSERVED = 9  # where the witness reports


def clone_into_namespaces(as_user):
    flags = CLONE_NEWPID | CLONE_NEWNS | signal.SIGCHLD | (CLONE_NEWUSER if as_user else 0)
    pid = libc.syscall(SYS_CLONE, flags, 0, 0, 0, 0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), "clone")
    return pid


class Streams:
    """The descriptors of one run. The driver keeps the far ends, the room gets what `inner` names."""

    def __init__(self, case):
        self.master = self.slave = None
        if case.tty:
            self.master, self.slave = pty.openpty()
        self.seen, seen = os.pipe()
        self.told, tell = os.pipe()
        go, self.go = os.pipe()
        self.out, out = os.pipe()
        self.err, err = os.pipe()
        given, self.give = os.pipe()
        self.inner = {"seen": seen, "tell": tell, "go": go, "out": out, "err": err, "given": given}
        if case.full:
            fill(err)

    def close_inner(self):
        for fd in list(self.inner.values()) + ([self.slave] if self.slave is not None else []):
            os.close(fd)


def fill(pipe):
    os.set_blocking(pipe, False)
    try:
        while True:
            os.write(pipe, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(pipe, True)


def raw_mask(numbers):
    libc.syscall(SYS_SIGPROCMASK, 2, ctypes.byref(ctypes.c_uint64(sum(1 << (n - 1) for n in numbers))), None, 8)


def raw_disposition(number, handler):
    libc.syscall(SYS_SIGACTION, number, (ctypes.c_uint64 * 4)(handler, 0, 0, 0), None, 8)


def ignored_now():
    with open("/proc/self/status", "rb") as file:
        bits = int(file.read().split(b"\nSigIgn:")[1].split()[0], 16)
    return [number for number in range(1, 65) if bits >> (number - 1) & 1]


def close_all_but(kept):
    """Of the descriptors above 2."""
    below = 2
    for fd in sorted(kept):
        os.closerange(below + 1, fd)
        below = fd
    os.closerange(below + 1, 1024)


class Room:
    """What one run knows from within."""

    def __init__(self, case, binary, streams):
        self.case, self.binary = case, binary
        kept = {name: fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for name, fd in streams.inner.items()}
        self.slave = fcntl.fcntl(streams.slave, fcntl.F_DUPFD, 20) if streams.slave is not None else None
        self.go, self.tell_fd = kept["go"], kept["tell"]
        null = fcntl.fcntl(os.open("/dev/null", os.O_RDWR), fcntl.F_DUPFD, 20)
        on_tty = {None: 0, "elsewhere": 0, "input": 1}.get(case.tty, 3)
        for target, source in enumerate((kept["given"] if case.stdin == "pipe" else null, kept["out"], kept["err"])):
            os.dup2(self.slave if target < on_tty else source, target)
        os.dup2(kept["seen"], OBSERVED)
        close_all_but({OBSERVED, self.go, self.tell_fd, self.slave} - {None})

    def new_session(self):
        os.setsid()
        if self.case.tty not in (None, "plain"):
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

    def exec_init(self):
        case = self.case
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", "LC_ALL": "C"}
        env.update((key, value.replace("INIT", str(os.getpid()))) for key, value in case.env.items())
        os.chdir("/tmp")
        if case.drop is not None:
            libc.prctl(PR_CAPBSET_DROP, case.drop, 0, 0, 0)
        for number in ignored_now():
            raw_disposition(number, 0)
        for number in case.ignored:
            raw_disposition(number, 1)
        close_all_but({OBSERVED})
        for fd in case.closed:
            os.close(fd)
        raw_mask(case.mask)
        if case.script is not None:
            os.execve("/bin/sh", ["sh", "-c", case.script], env | {"PEER": self.binary})
        os.execve(self.binary, [case.argv0.replace("BIN", os.path.dirname(self.binary))] + case.args, env)

    def pid1(self):
        if self.case.session:
            self.new_session()
        self.exec_init()

    def sub(self):
        """Process 1 is a supervisor, or for a job a shell: it starts the init, tells how it goes, and reaps what comes to it."""
        job = self.case.tty in ("job", "background")
        if job:
            self.new_session()
        for name in ("TTOU", "TTIN", "TSTP", "INT", "HUP", "QUIT"):
            signal.signal(signal.Signals["SIG" + name], signal.SIG_IGN)
        init = os.fork()
        if init == 0:
            if job:
                os.setpgid(0, 0)
                if self.case.tty == "job":
                    os.tcsetpgrp(self.slave, os.getpid())
            elif self.case.session:
                self.new_session()
            self.exec_init()
        for fd in (0, 1, 2):
            os.dup2(self.go, fd)
        os.close(OBSERVED)
        if not job and self.slave is not None:
            os.close(self.slave)
        self.tell(f"init {init}")
        self.supervise(init)
        os.read(self.go, 1)
        os._exit(0)

    def tell(self, text):
        os.write(self.tell_fd, (text + "\n").encode())

    def supervise(self, init):
        while True:
            pid, status = os.waitpid(-1, os.WUNTRACED)
            if pid != init:
                continue
            if os.WIFSTOPPED(status):
                self.tell(f"stopped {os.WSTOPSIG(status)}")
            else:
                self.tell(f"end {os.waitstatus_to_exitcode(status)}")
                return


def enter(name, case, binary, streams, as_user):
    if as_user:
        for file_name, text in (("setgroups", "deny"), ("uid_map", f"0 {as_user[0]} 1"), ("gid_map", f"0 {as_user[1]} 1")):
            with open(f"/proc/self/{file_name}", "w", encoding="ascii") as file:
                file.write(text)
    libc.mount(None, b"/", None, MS_REC_PRIVATE, None)
    if libc.mount(b"proc", b"/proc", b"proc", 0, None) != 0:
        raise OSError(ctypes.get_errno(), "mount /proc")
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # a driver that is killed leaves no room behind
    room = Room(case, binary, streams)
    if os.read(room.go, 1):
        getattr(room, name)()
