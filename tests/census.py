"""Compares what foster --tree --json and --zombies --json print with /proc: census.py FOSTER ROUNDS. Says how long each took, and how
long ps(1) did, at the shortest and in ms of a processor, so that what else runs on the machine does not count.

Whoever was there before and after, unchanged, has to be there as he was, once; of the others only those who were there at some time.
"""
import json
import os
import resource
import signal
import subprocess
import sys

KERNEL_THREAD = 0x200000


def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def look():
    seen = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", "rb") as file:
                stat = file.read()
            uid = os.stat(f"/proc/{entry}").st_uid
        except OSError:
            continue
        name, rest = stat[stat.index(b"(") + 1:stat.rindex(b")")], stat[stat.rindex(b")") + 2:].split()
        if int(rest[6]) & KERNEL_THREAD:
            continue
        masks = tuple(int(mask) for mask in rest[29:32])
        seen[int(entry)] = (int(rest[1]), rest[0] == b"Z", name, uid, int(rest[19]), masks)
    return seen


def numbers(names):
    return sum(1 << (getattr(signal, "SIG" + name) - 1) for name in names)


def compare(before, printed, after, own):
    pids = [process["pid"] for process in printed]
    assert len(pids) == len(set(pids)), "somebody stands there twice"
    by_pid = {process["pid"]: process for process in printed}
    assert own in by_pid, "foster itself is not there"
    parents = {facts[0] for facts in before.values()} | {os.getpid()}
    for pid, facts in before.items():
        if after.get(pid) != facts:
            continue
        parent, zombie, name, uid, _, masks = facts
        process = by_pid.get(pid)
        assert process, f"{pid} is not there"
        assert process["ppid"] == parent, process
        assert (process["state"] == "Z") == zombie, process
        assert process["uid"] == uid, process
        assert process["name"].encode() == name, process
        if pid in parents:
            continue  # who may fork: libc blocks all signals meanwhile
        assert tuple(numbers(process[mask]) for mask in ("blocked", "ignored", "caught")) == masks, process
    places = {pid: place for place, pid in enumerate(pids)}
    for pid, place in places.items():
        parent = by_pid[pid]["ppid"]
        if before.get(pid, [0])[0] == after.get(pid, [0])[0] == parent and parent in places:
            assert places[parent] < place, f"{pid} stands before its parent"
    return len(set(before) & set(after)), len(set(pids) - set(after))


def compare_zombies(before, printed, after):
    by_pid = {zombie["pid"]: zombie for zombie in printed}
    assert len(by_pid) == len(printed), "somebody stands there twice"
    stayed = [pid for pid, facts in before.items() if facts[1] and after.get(pid) == facts]
    for pid in stayed:
        assert by_pid[pid]["ppid"] == before[pid][0], by_pid[pid]
        assert by_pid[pid]["name"].encode() == before[pid][2], by_pid[pid]
        parent = by_pid[pid]["parent"]
        if before.get(before[pid][0]) == after.get(before[pid][0]) is not None:
            assert parent["name"].encode() == before[before[pid][0]][2] and parent["command"], parent
    for pid in by_pid:
        # No number is used twice meanwhile, so who is there as somebody alive later was so all along.
        assert pid not in after or after[pid][1], f"{pid} lives"
    return len(stayed)


def run(code, *command):
    start = spent()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate()
    assert process.returncode == code and not err, (process.returncode, err)
    return out, process.pid, (spent() - start) * 1000


def main():
    foster, rounds = sys.argv[1], int(sys.argv[2])
    trees, zombies, others = [], [], []
    for _ in range(rounds):
        before = look()
        out, pid, ms = run(0, foster, "--tree", "--json")
        trees.append(ms)
        between = look()
        stayed, gone = compare(before, json.loads(out), between, pid)
        out, _, ms = run(1, foster, "--zombies", "--json")
        zombies.append(ms)
        dead = compare_zombies(between, json.loads(out), look())
        print(f"{stayed} stayed, {gone} have gone since, {dead} zombies")
        others.append(run(0, "ps", "-e", "-o", "pid,ppid,stat,user,etimes,blocked,ignored,caught,args")[2])
    print(f"tree {min(trees):.0f}\nzombies {min(zombies):.0f}\nps {min(others):.0f}")


main()
