"""One run of one case: starts the room, does what the case says, and gathers what can be seen from outside."""
import os
import re
import select
import signal
import struct
import sys
import time
import traceback

import room
from table import BUILT, WITNESS, signal_number

PTRACEABLE = {"S": "sleeping", "T": "stopped", "R": "running"}
HIDDEN = 0x180000000  # 32 and 33 wait for ever where nobody holds them
PID = re.compile(r"(pid:? '|tini \(|with PID |pid1 \(|pid=|catatonit:|child process |\b(?:ppid|pgid|sid|tpgid|from)=)(-?\d+)")
VERSION = re.compile(r"(tini version |dumb-init v)\d+\.\d+\.\d+(_catatonit)?( - git\.\w+)?")
REPORT = re.compile(rb"(READY|signal=\d+ code=-?\d+ pid=\d+ uid=\d+ value=-?\d+)\r?\n")  # of build/witness, on standard output
STRERROR = re.compile(r"(\(errno=\d+) [^)]*\)")  # the words are libc's, the number is the kernel's


class Run:
    def __init__(self, case, binary, room_name):
        self.case, self.binary, self.room = case, binary, room_name
        self.text = {"out": b"", "err": b"", "tty": b"", "seen": b"", "told": b""}
        self.saw, self.looked_at = [], 0
        self.exit = self.init = self.init_ns = self.child_ns = None
        self.ended = False

    # -- the whole

    def outcome(self):
        """{field: lines}"""
        self.start()
        if self.room == "sub":
            self.until(lambda: self.init is not None)
        for words in self.case.do:
            getattr(self, "do_" + words[0])(*words[1:])
        hung = not self.until(self.over)
        self.finish(hung)
        return self.result()

    def start(self):
        self.streams = room.Streams(self.case)
        as_user = (os.getuid(), os.getgid()) if os.geteuid() else None
        sys.stdout.flush()
        self.pid = room.clone_into_namespaces(as_user)
        if self.pid == 0:
            try:
                room.enter(self.room, self.case, self.binary, self.streams, as_user)
            except BaseException:  # whatever it is, it must not go on as a second driver
                traceback.print_exc()
            os._exit(98)
        self.streams.close_inner()
        self.pidfd = os.pidfd_open(self.pid)
        self.open = {self.streams.out: "out", self.streams.seen: "seen", self.streams.told: "told"}
        if not self.case.full:
            self.open[self.streams.err] = "err"
        if self.streams.master is not None:
            self.open[self.streams.master] = "tty"
        self.poll = select.poll()
        for fd in [*self.open, self.pidfd]:
            self.poll.register(fd, select.POLLIN)
        if self.room == "pid1":
            self.init, self.init_ns = self.pid, 1
        os.write(self.streams.go, b".")

    def finish(self, hung):
        if self.room == "sub" and not hung and not self.ended:
            self.settle(self.supervisor_is_gone)
            left = sorted(name for name in map(self.name_of, self.family()[1:]) if name)
            if left:
                self.saw.append("left running: " + " ".join(left))
        if hung or self.room == "sub":
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        _, status = os.waitpid(self.pid, 0)
        if hung:
            self.exit = "hung"
        elif self.room == "pid1":
            self.exit = as_text(os.waitstatus_to_exitcode(status))
        end = time.monotonic() + 2
        while set(self.open.values()) - {"tty"} and time.monotonic() < end:
            self.pump(50)
        while self.pump(0):
            pass
        for fd in {*self.open, self.streams.go, self.pidfd, self.streams.give, self.streams.master,
                   self.streams.err if self.case.full else None} - {None}:
            os.close(fd)

    # -- reading

    def pump(self, wait_ms):
        """Reads what there is, waits at most so long for the first of it; says whether there was something."""
        any_read = False
        for fd, _ in self.poll.poll(wait_ms):
            if fd == self.pidfd:
                self.ended = True
                self.poll.unregister(fd)
                continue
            any_read = True
            try:
                data = os.read(fd, 65536)
            except OSError:  # a terminal without its other side
                data = b""
            if data:
                self.text[self.open[fd]] += data
            else:
                self.poll.unregister(fd)
                if self.open.pop(fd) != "tty":
                    os.close(fd)
        for name in ("out", "tty"):
            self.text[name] = REPORT.sub(self.report, self.text[name])
        self.saw += self.lines_of("seen")
        for line in self.lines_of("told"):
            self.be_told(*line.split())
        return any_read

    def lines_of(self, name):
        done = self.text[name].rfind(b"\n") + 1
        lines, self.text[name] = self.text[name][:done], self.text[name][done:]
        return lines.decode(errors="replace").splitlines()

    def report(self, match):
        """What build/witness says of itself, in the words of ours."""
        words = match[1].decode().split()
        if words == ["READY"]:
            self.saw.append("ready")
        else:
            number, code, pid, uid, value = (word.split("=")[1] for word in words)
            payload = f" value={value}" if code == "-1" else ""
            self.saw.append(f"got {number}" + (f" from={pid} uid={uid}{payload}" if self.case.senders else ""))
        return b""

    def be_told(self, word, value=""):
        if word == "init":
            self.init_ns = int(value)
            self.init = next((pid for pid in self.children(self.pid) if self.inner(pid) == self.init_ns), 0)
        elif word == "end":
            self.exit = as_text(int(value))
        else:
            self.saw.append(f"init {word} {value}".rstrip())

    def until(self, condition, seconds=None):
        end = time.monotonic() + (self.case.patience if seconds is None else seconds)
        while not condition():
            left = end - time.monotonic()
            if left <= 0 or (self.over() and not self.pump(0) and not condition()):
                return condition()
            self.pump(min(left * 1000, 20))
        return True

    def over(self):
        return self.ended or (self.room == "sub" and self.exit is not None)

    def supervisor_is_gone(self):
        return self.ended

    # -- looking

    @staticmethod
    def children(pid):
        try:
            with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
                return [int(word) for word in file.read().split()]
        except OSError:
            return []

    def family(self):
        """Process 1 of the room and all below it, by the driver's pids."""
        found, todo = [], [self.pid]
        while todo:
            found.append(todo.pop())
            todo += self.children(found[-1])
        return found

    @staticmethod
    def status(pid):
        try:
            with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
                return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        except OSError:
            return {}

    def alive(self, pid):
        return bool(pid) and self.status(pid).get("State", "Z")[0] not in "ZX"

    def name_of(self, pid):
        return self.status(pid).get("Name") if self.alive(pid) else None

    def inner(self, pid):
        return int(self.status(pid).get("NSpid", "0").split()[-1])

    def child(self):
        return next(iter(self.children(self.init)), None) if self.init else None

    def learn_child(self):
        if self.child_ns is None and self.child():
            self.child_ns = self.inner(self.child())

    def snapshot(self):
        """None while somebody is at work; else what tells one quiet moment from the next."""
        picture = []
        for pid in self.family():
            status = self.status(pid)
            letter = status.get("State", "Z")[0]
            if letter not in "STtZX":
                return None
            waiting = int(status.get("ShdPnd", "0"), 16) | int(status.get("SigPnd", "0"), 16)
            if letter == "S" and pid == self.init and waiting & ~HIDDEN:
                return None
            picture.append((pid, letter, status.get("voluntary_ctxt_switches")))
        return picture

    def settle(self, over=None):
        """Until nobody in the room does anything: two equal moments, with nothing read in between."""
        over, last, end = over or self.over, None, time.monotonic() + 3
        while time.monotonic() < end and not over():
            now = self.snapshot()
            while self.pump(0):
                now = None
            if now is not None and now == last:
                return
            last = now
            self.pump(2)

    # -- doing

    def do_await(self, *words):
        text = " ".join(words)
        here = lambda: next((i for i in range(self.looked_at, len(self.saw)) if self.saw[i].startswith(text)), None)
        if self.until(lambda: here() is not None):
            self.looked_at = here() + 1
        else:
            self.saw.append(f"DRIVER: never saw: {text}")
        self.learn_child()
        self.settle()

    def do_settle(self):
        self.until(lambda: self.child() is not None)
        self.learn_child()
        self.settle()

    def do_holding(self):
        self.until(lambda: int(self.status(self.init).get("SigBlk", "0"), 16))
        self.settle()

    def strike(self, pid, name):
        if self.alive(pid):
            os.kill(pid, signal_number(name))
        else:
            self.saw.append(f"DRIVER: nobody there for {name}")

    def do_send(self, *names):
        for name in names:
            self.strike(self.init, name)
            self.settle()

    def do_burst(self, *names):
        for name in names:
            self.strike(self.init, name)
        self.settle()

    def do_queue(self, name, value):
        info = struct.pack("=iii4xiii", signal_number(name), 0, -1, os.getpid(), os.getuid(), int(value)).ljust(128, b"\0")
        room.libc.syscall(room.SYS_SIGQUEUE, self.init, signal_number(name), info)
        self.settle()

    def do_tell(self, name):
        self.until(lambda: self.child() is not None)
        self.strike(self.child(), name)
        self.settle()

    def do_type(self, *words):
        """Types, and waits for the echo, which comes after the signal that a key sends; it is not part of what is compared."""
        text = " ".join(words)
        echo, before = text.replace("^J", "\r\n").encode(), len(self.text["tty"])
        os.write(self.streams.master, re.sub(r"\^(.)", lambda key: chr(ord(key[1]) - 64), text).encode())
        if self.until(lambda: echo in self.text["tty"][before:]):
            self.text["tty"] = self.text["tty"][:before] + self.text["tty"][before:].replace(echo, b"", 1)
        self.settle()

    def do_write(self, *words):
        os.write(self.streams.give, (" ".join(words) + "\n").encode())
        self.settle()

    def do_eof(self):
        os.close(self.streams.give)
        self.streams.give = None
        self.settle()

    def do_hangup(self):
        if self.open.pop(self.streams.master, None):
            self.poll.unregister(self.streams.master)
        os.close(self.streams.master)
        self.streams.master = None
        self.settle()

    def do_note(self, *words):
        self.saw.append("-- " + " ".join(words))

    def do_see(self, whom, *words):
        if whom == "tree":
            everybody = map(self.name_of, self.family()[self.room == "sub":])
            self.saw.append("tree " + " ".join(sorted(name for name in everybody if name)))
            return
        pid = {"init": self.init, "child": self.child()}.get(whom)
        if whom == "out":
            self.until(lambda: "out" not in self.open.values(), 0.3)
        self.saw.append(f"see {whom} " + " ".join(f"{word}={self.fact(pid, word)}" for word in words))

    def fact(self, pid, word):
        if word == "ended":
            return "no" if "out" in self.open.values() else "yes"
        if word == "alive":
            return "yes" if self.alive(pid) else "no"
        try:
            return self.fact_of(pid, word, self.status(pid)) if self.alive(pid) else "gone"
        except OSError:
            return "gone"

    def fact_of(self, pid, word, status):
        if word == "state":
            return PTRACEABLE.get(status["State"][0], status["State"])
        if word == "cwd":
            return os.readlink(f"/proc/{pid}/cwd")
        if word == "fds":  # what it opened for itself (anon_inode) is its own business
            above = sorted(int(name) for name in os.listdir(f"/proc/{pid}/fd") if int(name) > 2)
            return ",".join(str(n) for n in above if os.readlink(f"/proc/{pid}/fd/{n}").startswith(("pipe:", "/"))) or "none"
        if word == "std":
            return ",".join(n for n in "012" if os.path.lexists(f"/proc/{pid}/fd/{n}")) or "none"
        if word == "parent":
            return self.named(self.inner(int(status["PPid"])))
        if word == "group":
            return self.named(status["NSpgid"].split()[-1])
        if word == "session":
            return self.named(status["NSsid"].split()[-1])
        if word in ("tty", "foreground"):
            with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                terminal, group = file.read().rsplit(")", 1)[1].split()[4:6]
            if word == "tty":
                return "no" if terminal == "0" else "yes"
            return self.named(self.inner(group) if int(group) > 0 else group)
        if word == "cmdline":
            with open(f"/proc/{pid}/cmdline", encoding="ascii") as file:
                return file.read().replace("\0", "|").replace(BUILT, "BUILT").rstrip("|")
        if word.startswith("Sig"):
            return ",".join(str(n) for n in range(1, 65) if int(status[word], 16) >> (n - 1) & 1) or "none"
        return status[word]

    # -- the result, with all in it that is another in each run by its name

    def named(self, number):
        names = {self.init_ns: "INIT", self.child_ns: "CHILD", 0: "OUTSIDE", -1: "NONE"}
        if self.room == "sub":
            names.setdefault(1, "SUPERVISOR")
        return names.get(int(number), "OTHER")

    def result(self):
        if self.case.script is not None:  # whose pids they are is the script's business
            self.init_ns = self.child_ns = None
        elif self.child_ns is None and self.init_ns is not None:
            self.child_ns = self.init_ns + 1
        out = self.text["out"] + self.text["tty"].replace(b"\r\n", b"\n")
        found = {"exit": [self.exit], "out": self.clean(out), "err": self.clean(self.text["err"]),
                 "saw": [self.clean_line(line) for line in self.saw]}
        for field, pattern in self.case.hide:
            found[field] = [line for line in found[field] if not re.search(pattern, line)]
        for field in self.case.sort:
            found[field].sort()
        return found

    def clean(self, data):
        return [self.clean_line(line) for line in data.decode(errors="replace").splitlines()]

    def clean_line(self, line):
        line = line.replace(os.path.dirname(self.binary) + "/", "BIN/").replace(WITNESS, "WITNESS").replace(BUILT, "BUILT")
        line = VERSION.sub(lambda m: f"{m[1]}VERSION{m[2] or ''}", line)
        line = STRERROR.sub(r"\1)", line)
        return PID.sub(lambda m: m[1] + self.named(m[2]), line)


def as_text(code):
    return str(code) if code >= 0 else f"signal {-code}"
