#!/usr/bin/env python3
"""Every system call of an init fails once, in every way that it can, over a whole life; and is late once before and after.

strace injects: one point is one call, the how manieth of its name, and an errno or a delay. An undisturbed life tells which points there are, and
what this init promises: at every point the same must come about, or, before the birth, a message and a code of failure with nothing started.
The other inits live the same lives where they can, side by side. What is left out stands in left_out, with its reason.
"""
import argparse
import collections
import concurrent.futures
import ctypes
import fnmatch
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

import lives

HERE = os.path.dirname(os.path.abspath(__file__))
HOUSE = os.path.dirname(os.path.dirname(HERE))
PROGRAM = f"{HOUSE}/build/faults-program"

libc = ctypes.PyDLL(None, use_errno=True)  # with the interpreter's lock held, so that a clone is whole
SYS_CLONE = 56 if os.uname().machine == "x86_64" else 220
CLONE_NEWNS, CLONE_NEWPID, MS_REC_PRIVATE = 0x20000, 0x20000000, 0x4000 | 0x40000
PR_CAPBSET_DROP, CAP_KILL, PTRACE_TRACEME, PTRACE_DETACH = 24, 5, 0, 17

ERRNOS = "EINTR EAGAIN ENOMEM EPERM ENOSYS EMFILE EINVAL ESRCH ECHILD EIO".split()
DELAYS = "delay_enter=20ms", "delay_exit=20ms"
PATIENCE = 10  # seconds after which a condition will not come about any more
# The libc's own start, before main: the last of these calls, of the first ones of all.
LIBC = {"arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "munmap", "mprotect", "getrandom", "mmap", "brk"}
FIRST = 60
CALL = re.compile(r"^(?:(\d+) +)?(\w+)\(")

Point = collections.namedtuple("Point", "init life room half call nth how")


class Ended(Exception):
    """The init has, in the middle of a step."""


class Amiss(Exception):
    """A condition has not come about."""


def left_out():
    with open(f"{HERE}/left_out", encoding="utf-8") as file:
        rows = [line.split(None, 4) for line in file if line.strip() and not line.startswith("#")]
    return [(row[:4], row[4].strip()) for row in rows]


def hold(pid):
    """Waits for the exec of a child that asked to be traced, and leaves it stopped."""
    _, status = os.waitpid(pid, 0)
    if not os.WIFSTOPPED(status):
        raise SystemExit("the init cannot be run")
    libc.ptrace(PTRACE_DETACH, pid, 0, int(signal.SIGSTOP))


def beside(become, outcome):
    """PID 1 of a room where the init is not: starts it, reaps all, tells its code, and how many were left."""
    pid = os.fork()
    if pid == 0:
        become()
    os.close(1)
    os.close(2)
    hold(pid)
    os.write(outcome, b"held\n")
    code, left = None, 0
    while code is None:
        dead, status = os.wait()
        code = os.waitstatus_to_exitcode(status) if dead == pid else None
    for name in os.listdir("/proc"):
        left += name.isdigit() and name != "1" and state(name) not in ("Z", "")
    os.write(outcome, f"{code} {left}\n".encode())
    os._exit(0)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


class Life:
    """One life of one init, with at most one fault."""

    def __init__(self, point, folder, lacks):
        self.lacks = lacks  # lines that this init does not bring about at all
        self.point, self.plan = point, lives.LIVES[point.life]
        self.log = f"{folder}/log"
        self.out = b""
        self.argv = [lives.path(point.init, HOUSE)] + lives.words(point.init, point.life, PROGRAM)

    def birth(self):
        """In a PID namespace, as its PID 1 or beside one. Held after its exec, before its first instruction, so that nothing of ours is counted."""
        self.told, out = os.pipe()
        self.errors, err = os.pipe()
        self.outcome, outcome = os.pipe()
        self.room = libc.syscall(SYS_CLONE, signal.SIGCHLD | CLONE_NEWPID | CLONE_NEWNS, 0, 0, 0, 0)
        if self.room < 0:
            raise OSError(ctypes.get_errno(), "clone")
        if self.room == 0:
            try:
                self.furnish(out, err)
                if self.point.room == "pid1":
                    self.become()
                else:
                    beside(self.become, outcome)
            finally:
                os._exit(99)
        for fd in out, err, outcome:
            os.close(fd)
        self.pid = self.room if self.point.room == "pid1" else int(os.read(self.outcome, 64) and children(self.room)[0])
        self.end = os.pidfd_open(self.pid)
        if self.point.room == "pid1":
            hold(self.pid)

    def furnish(self, out, err):
        if libc.mount(b"none", b"/", None, MS_REC_PRIVATE, None) or libc.mount(b"proc", b"/proc", b"proc", 0, None):
            os._exit(99)
        for number in signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT:
            signal.signal(number, signal.SIG_DFL)
        for fd, to in (os.open("/dev/null", os.O_RDWR), 0), (out, 1), (err, 2):
            os.dup2(fd, to)

    def become(self):
        os.setsid()
        if self.plan.without_kill:
            libc.prctl(PR_CAPBSET_DROP, CAP_KILL, 0, 0, 0)
        libc.ptrace(PTRACE_TRACEME, 0, 0, 0)
        os.execve(self.argv[0], self.argv, {"PATH": "/usr/bin:/bin", **self.plan.environment.get(self.point.init, {})})

    def trace(self):
        how = ["-f", "-b", "execve"] if self.point.half == "newborn" else []
        if self.point.call:
            fault = self.point.how if "=" in self.point.how else f"error={self.point.how}"
            how += ["-e", f"inject={self.point.call}:{fault}:when={self.point.nth}"]
        self.strace = subprocess.Popen(["strace", "-o", self.log, "-e", "trace=all", "-e", "signal=none", *how, "-p", str(self.pid)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if b"attached" not in self.strace.stderr.readline():
            raise SystemExit("strace cannot attach")
        os.kill(self.pid, signal.SIGCONT)

    # -- conditions

    def until(self, condition):
        """Reads what is told until the condition holds. Raises Ended where the init has ended instead."""
        limit = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > limit:
                return False
            ready, _, _ = select.select([self.told, self.end] if self.told >= 0 else [self.end], [], [], 0.005)
            self.listen(ready)
            if self.end in ready and not condition():
                raise Ended
        return True

    def listen(self, ready):
        if self.told in ready:
            text = os.read(self.told, 4096)
            self.out += text
            if not text:
                os.close(self.told)
                self.told = -1

    def lines(self):
        return self.out.decode().splitlines()

    def zombies(self):
        try:
            return [pid for pid in children(self.pid) if state(pid) == "Z"]
        except FileNotFoundError:
            return []

    # -- steps, by name

    def do_line(self, text):
        number = f"{text.split()[0]} 0"  # where no queueing is to be had the payload is lost, and nothing else
        if text in self.lacks:
            return
        if not self.until(lambda: text in self.lines() or (self.point.call == "rt_sigqueueinfo" and number in self.lines())):
            raise Amiss(f"lost: {text}")

    def do_reaped(self):
        if not self.until(lambda: not self.zombies()):
            raise Amiss("zombies stay")

    def do_send(self, number):
        os.kill(self.pid, number)

    def do_queue(self, number, value):
        libc.sigqueue(self.pid, number, ctypes.c_void_p(value))

    def do_stopped(self):
        below = children(self.pid)
        if not self.until(lambda: any(state(pid) == "T" for pid in below)):
            raise Amiss("the program does not stop")

    def do_held(self):
        """The init holds its signals, or waits for them, which shows as none held."""
        if not self.until(lambda: blocked(self.pid) >> 14 & 1 or state(self.pid) == "S"):
            raise Amiss("TERM is never held")

    # -- the whole

    def live(self):
        self.birth()
        self.trace()
        amiss = None
        try:
            for step, *operands in self.plan.steps:
                getattr(self, f"do_{step}")(*operands)
        except Ended:
            amiss = "died early"
        except Amiss as what:
            amiss = str(what)
        facts = self.finish(amiss)
        facts["lines"] = [line for line in self.lines() if line != "READY"]
        return facts

    def finish(self, amiss):
        hung = False
        if not amiss:
            try:
                hung = not self.until(lambda: False)
            except Ended:
                pass
        if hung or amiss not in (None, "died early"):
            os.kill(self.pid, signal.SIGKILL)
        self.strace.stderr.close()
        _, status = os.waitpid(self.room, 0)  # and with it all of the room
        code, left = os.waitstatus_to_exitcode(status), 0
        if self.point.room != "pid1":
            code, left = map(int, os.read(self.outcome, 64).split())
        while self.told >= 0:
            self.listen([self.told])
        self.strace.wait()
        os.set_blocking(self.errors, False)
        errors = os.read(self.errors, 65536).decode(errors="replace")
        for fd in self.errors, self.end, self.outcome:
            os.close(fd)
        return {"amiss": "hangs" if hung else amiss, "code": code, "left": left, "errors": errors}

    def calls(self):
        """The names of all calls of this half, in their order; whether the fault has come about."""
        names, first, newborn, injected = [], None, None, False
        with open(self.log, encoding="utf-8", errors="replace") as file:
            for line in file:
                injected |= "(INJECTED)" in line or "(DELAYED)" in line
                match = CALL.match(line)
                if not match:
                    continue
                pid = match[1]
                first = first or pid
                newborn = newborn or (pid if pid != first else None)
                if self.point.half == "init" or pid == newborn:
                    names.append(match[2])
        return names, injected


def state(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def blocked(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            return int(re.search(r"^SigBlk:\t(\w+)", file.read(), re.M)[1], 16)
    except (FileNotFoundError, ProcessLookupError):
        return 0


def lived(point, lacks=()):
    with tempfile.TemporaryDirectory(prefix="faults.") as folder:
        life = Life(point, folder, lacks)
        facts = life.live()
        facts["calls"], facts["injected"] = life.calls()
        return facts


def undisturbed(init, life, room, half):
    """What it promises, or None where it does not live such a life."""
    point, lacks = Point(init, life, room, half, None, 0, None), ()
    facts = lived(point)
    while init != "foster" and (facts["amiss"] or "").startswith("lost: ") and len(lacks) < 3:
        lacks += (facts["amiss"][6:],)
        facts = lived(point, lacks)
    facts["lacks"] = lacks
    plan = lives.LIVES[life]
    whole = not facts["amiss"] and facts["code"] == plan.code.get(init, plan.code["foster"]) and not facts["left"]
    if init == "foster" and not (whole and set(plan.lines) <= set(facts["lines"])):
        raise SystemExit(f"undisturbed, foster's life '{life}' in room {room} is not what it promises: {facts}")
    return facts if whole else None


def refused(facts):
    return "started" not in facts["lines"] and facts["code"] in (1, 2, 125, 126, 127) and facts["errors"].strip()


def verdict(point, facts, promise):
    """Why this is not what is promised; None where it is."""
    if refused(facts) or (facts["amiss"] is None and facts["code"] in (126, 127) and refused(promise)):
        return None
    if facts["amiss"]:
        return f"{facts['amiss']} (code {facts['code']})"
    if facts["code"] != promise["code"]:
        return f"code {facts['code']}, not {promise['code']}"
    come = facts["lines"] if point.call != "rt_sigqueueinfo" else [*facts["lines"], *(f"{line.split()[0]} 4711" for line in facts["lines"])]
    lost = [line for line in promise["lines"] if line not in come]
    if lost:
        return f"lost: {', '.join(lost)}"
    if facts["left"]:
        return f"{facts['left']} left behind"
    spent = [name for name in facts["calls"] if name != "close"]  # what close_range refuses is closed one by one
    if point.half == "init" and len(spent) > 3 * len(promise["calls"]) + 200:
        return f"spins: {len(spent)} calls"
    return None


def points_of(init, life, room, half, promise):
    names = promise["calls"]
    start = max([i + 1 for i, name in enumerate(names[:FIRST]) if name in LIBC], default=0) if half == "init" else 0
    seen = collections.Counter()
    for i, name in enumerate(names):
        seen[name] += 1
        if i >= start:
            for how in (*ERRNOS, *DELAYS):
                yield Point(init, life, room, half, name, seen[name], how)


def is_left_out(point, rows):
    return any(all(fnmatch.fnmatch(str(value), pattern) for value, pattern in zip((point.call, point.how, point.life, point.init), row))
        for row, _ in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--init", action="append", help="foster, or one of the others; repeatable; all")
    parser.add_argument("--life", action="append", choices=lives.LIVES, help="repeatable; all")
    parser.add_argument("--room", action="append", choices=("pid1", "subreaper"))
    parser.add_argument("--call", help="this one alone")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one point of N")
    parser.add_argument("--verbose", action="store_true", help="name what the others did not survive, too")
    parser.add_argument("--jobs", type=int, default=2 * os.cpu_count())
    asked = parser.parse_args()

    os.nice(5)
    rows = left_out()
    promises, points, out = {}, [], 0
    with concurrent.futures.ProcessPoolExecutor(asked.jobs) as pool:
        keys = [(init, life, room, half) for init in asked.init or lives.INITS for life in asked.life or lives.LIVES
            for room in asked.room or ("pid1", "subreaper") for half in ("init", "newborn") if lives.offered(init, life, room)]
        for key, promise in zip(keys, pool.map(undisturbed, *zip(*keys))):
            if promise:
                promises[key] = promise
                for point in points_of(*key, promise):
                    if is_left_out(point, rows):
                        out += 1
                    elif not asked.call or asked.call == point.call:
                        points.append(point)
        points = points[::asked.every]
        results = pool.map(lived, points, [promises[point[:4]]["lacks"] for point in points], chunksize=4)
        return tell(points, results, promises, out, "all" if asked.verbose else "foster")


def tell(points, results, promises, out, told_of):
    table = collections.defaultdict(collections.Counter)
    began = time.monotonic()
    for point, facts in zip(points, results):
        column = table[point.init]
        if not facts["injected"]:
            column["not met"] += 1
            continue
        why = verdict(point, facts, promises[point[:4]])
        column["injected"] += 1
        column["survived"] += not why
        if why and (told_of == "all" or point.init == "foster"):
            print(f"not survived: {' '.join(map(str, point))}: {why}", flush=True)
    for init, column in table.items():
        lived_in = len({key[1] for key in promises if key[0] == init})
        print(f"{init:10} {column['survived']:6} survived of {column['injected']:6} points injected,"
            f" {lived_in} lives, {column['not met']} points not met again")
    print(f"{out} points left out for the reasons in tests/faults/left_out; {time.monotonic() - began:.0f} s")
    foster = table["foster"]
    return 0 if foster["survived"] == foster["injected"] and table else 1


if __name__ == "__main__":
    if os.environ.get("FAULTS_ROOM"):
        sys.exit(main())
    # Whatever goes wrong here, no other process of the machine is in reach, and nothing stays.
    os.execvp("unshare", ["unshare", "-pf", "--mount-proc", "--kill-child", "--", "env", "FAULTS_ROOM=1", sys.executable, *sys.argv])
