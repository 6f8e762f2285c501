"""The lives: which program, what is done to it, and how each init is asked for it. A new option is a new row here, or a word in one."""
import dataclasses
import os

TERM, USR1, USR2, STOP = 15, 10, 12, 19

INITS = {"foster": os.environ.get("FOSTER_BIN", "build/foster"), "tini": "/usr/bin/tini-static", "dumb-init": "/usr/bin/dumb-init", "catatonit": "/usr/bin/catatonit"}


def path(init, house):
    return INITS[init] if INITS[init].startswith("/") else f"{house}/{INITS[init]}"


@dataclasses.dataclass
class Plan:
    program: str  # words of tests/faults/program.c; None: one that is not there; "": none at all
    asked: dict  # by init: its options; who is not named does not live this life
    steps: list
    lines: list  # that are told, at least
    code: dict = dataclasses.field(default_factory=lambda: {"foster": 7})
    without_kill: bool = False
    environment: dict = dataclasses.field(default_factory=dict)
    meets: tuple = (1, STOP)  # signals that its calls meet
    fails: bool = True  # no: its calls are late and meet signals, but none fails; and how many they are is another number each time


READY = [("line", "started"), ("line", "READY")]
SIGNALS = [("send", USR1), ("line", "10 0"), ("queue", 40, 4711), ("line", "40 4711"), ("send", 64), ("line", "64 0")]
FROM_LEFTOVERS = "flushed", "ended"  # lines that are told by who is left over
ANY = {"foster": [], "tini": ["-s"], "dumb-init": [], "catatonit": []}

LIVES = {
    "whole": Plan("orphans flush", {"foster": ["-v", "-w"], "tini": ["-s", "-v", "-w"], "dumb-init": ["-v"], "catatonit": []},
        [*READY, ("reaped",), *SIGNALS, ("send", TERM)], ["started", "10 0", "40 4711", "64 0", "15 0", "flushed"]),
    "group": Plan("orphans", {"foster": ["-g"], "tini": ["-s", "-g"], "dumb-init": [], "catatonit": ["-g"]},
        [*READY, ("reaped",), *SIGNALS, ("send", TERM)], ["10 0", "40 4711", "64 0", "15 0"]),
    "stopped": Plan("", ANY, [*READY, ("send", USR2), ("line", "12 0"), ("stopped",), ("send", TERM)], ["12 0", "15 0"], meets=(1,)),
    "early": Plan("", ANY, [("early", TERM)], ["15 0"], meets=(TERM, STOP), fails=False),
    "stubborn": Plan("stubborn deaf", {"foster": ["--stop", "TERM/100ms/KILL", "--leftovers", "TERM/100ms/KILL"]},
        [*READY, ("send", TERM), ("line", "15 0")], ["15 0"], {"foster": 137}),
    "waiting": Plan("flush", {"foster": ["--wait", "--stop", "all:TERM/10s/all:KILL"]},
        [*READY, ("send", TERM)], ["15 0", "flushed"]),
    "orphans": Plan("live", {"foster": ["--orphans", "TERM/30s/KILL"]}, [*READY, ("line", "ended"), ("send", TERM)], ["ended", "15 0"]),
    "owner": Plan("uid", {"foster": []}, [*READY, *SIGNALS, ("send", TERM)], ["10 0", "64 0", "15 0"], without_kill=True),
    "report": Plan("orphans flush", {"foster": ["--report", "fd:2"]}, [*READY, ("reaped",), ("send", TERM)], ["15 0", "flushed"]),
    "timeout": Plan("deaf flush", {"foster": ["--timeout", "300ms", "--stop", "TERM/200ms/KILL"]}, [*READY, ("line", "15 0")], ["15 0"], {"foster": 137}),
    # The program's death falls into whichever window a delay opens after the birth,
    "brief": Plan("orphans flush exit", {**ANY, "foster": ["-v", "-w"]}, [], ["started", "flushed"]),
    # and so do signals and the deaths of orphans, every few milliseconds, from the moment on that signals are held.
    "storm": Plan("dying", {**ANY, "foster": []}, [("stream",), *READY, ("drained", 20), ("send", TERM)], ["15 0"], fails=False),
    "missing": Plan(None, ANY, [], [], {"foster": 127, "tini": 127, "dumb-init": 2, "catatonit": 1}),
    "pause": Plan("", {"foster": ["-P"], "catatonit": ["-P"]}, [("held",), ("send", TERM)], [], {"foster": 0}),
}


def offered(init, life, room):
    """Whether it is asked for such a life: the others are PID 1, as they are meant to be."""
    return init in LIVES[life].asked and (room == "pid1" or init == "foster")


def words(init, life, program):
    plan = LIVES[life]
    if life == "pause":
        return plan.asked[init]
    return [*plan.asked[init], "--", *(["/there/is/none"] if plan.program is None else [program, *plan.program.split()])]
