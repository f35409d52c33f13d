"""A file that the program of commit 20fddda wrote (schema 4), opened by this one: nothing is lost, and all that waits
runs once.

usage: check_fixture.py CASE SPARK UPGRADE_PROGRAM KUE_CHECKER"""
import json
import os
import re
import sys
import tempfile

from fixture import EXPECTED, OPEN_QUEUES, ask, drain, jobs_of, nodes_of, numbers, restore, run, work_until


DEAD = {58, 59, 60, 61, 62}  # numbers of the jobs that the dead node of the file holds


def expect(wanted, found, what):
    if wanted != found:
        sys.exit(f"{what}:\n  wanted {wanted}\n  found  {found}")


def same_job(wanted, found):
    """Every field that the old program showed, of the job and of its attempts; a newer one may show more."""
    name = f"job number {wanted['seq']}"
    if wanted["state"] == "running":  # the old program left out the run that went on
        expect(True, found["attempted_at"] is not None, f"{name}, a time at which it began")
        wanted = wanted | {"attempt": wanted["attempt"] + 1, "attempted_at": found["attempted_at"]}
    for field in wanted:
        if field != "errors":
            expect(wanted[field], found.get(field), f"{name}, {field}")
    expect(len(wanted["errors"]), len(found["errors"]), f"{name}, attempts")
    for old, new in zip(wanted["errors"], found["errors"]):
        for field in old:
            expect(old[field], new.get(field), f"{name}, attempt of claim {old['claim_no']}, {field}")


def same_stats(wanted, found):
    by_name = {queue["queue"]: queue for queue in found["queues"]}
    expect(sorted(queue["queue"] for queue in wanted["queues"]), sorted(by_name), "queues")
    for queue in wanted["queues"]:
        for field in queue:
            expect(queue[field], by_name[queue["queue"]].get(field), f"queue {queue['queue']}, {field}")


def is_sound(programs, path, facts=None):
    checked = ask(programs.spark, path, "store:check")
    expect([], checked["problems"], "problems that store:check found")
    if facts:  # jobs, unfinished and finished, attempts, events, queues, nodes: the counts, in whatever words
        counts = [re.findall(r"\d+", sentence) for sentence in (facts, checked["facts"][0])]
        expect(*counts, "what store:check counted")


def migrated(programs, path):
    restore(path)
    before = ask(programs.spark, path, "store:migrate", "--dry-run")
    expect(4, before["schema"], "schema of the file")
    after = ask(programs.spark, path, "store:migrate")
    expect(before["newest"], after["schema"], "schema after the migration")


def everything_is_as_it_was(programs, path, expected):
    migrated(programs, path)
    is_sound(programs, path, expected["facts"])
    jobs = jobs_of(programs.spark, path)
    expect([job["id"] for job in expected["jobs"]], [job["id"] for job in jobs], "jobs, in the order of arrival")
    for old, new in zip(expected["jobs"], jobs):
        same_job(old, new)
    expect(expected["nodes"], nodes_of(programs.spark, path), "workers that the store knows")
    same_stats(expected["stats"], ask(programs.spark, path, "queue:stats"))
    # Rows and event log tell one story, of legal steps only.
    run([programs.checker, "--store", f"sqlite:{path}", "--all"])


def what_waits_runs_once_and_in_order(programs, path, expected):
    migrated(programs, path)
    journal = os.path.join(os.path.dirname(path), "ran")
    ran = drain(programs.worker, path, OPEN_QUEUES, journal)
    ask(programs.spark, path, "queue:resume", "paused")
    ran = drain(programs.worker, path, ("paused",), journal)
    queue_of = {job["args"]["number"]: job["queue"] for job in expected["jobs"]}
    for queue in sorted(set(queue_of.values())):
        wanted = [number for number in expected["order"] if queue_of[number] == queue]
        found = [number for number in ran if queue_of.get(number) == queue]
        expect(wanted, found, f"order of the jobs of queue {queue}")
    expect(sorted(expected["order"]), sorted(ran), "jobs that ran")
    jobs = ask(programs.spark, path, "job:list", "--all")["jobs"]
    state = {job["args"]["number"]: job["state"] for job in jobs}
    expect([], [number for number in ran if state[number] != "completed"], "jobs that ran and are not completed")
    is_sound(programs, path)


def what_a_dead_node_held_runs_again(programs, path, expected, patience=30, all_nodes=False):
    """The file says of one node that it is dead, and has jobs that it held. With `all_nodes`, also what the others held:
    their beats stand still, which a worker believes after a minute."""
    migrated(programs, path)
    journal = os.path.join(os.path.dirname(path), "ran")
    mine = [job for job in expected["jobs"] if job["queue"] == "running"]
    running = {job["args"]["number"] for job in mine if job["state"] == "running"}
    dead = {job["args"]["number"] for job in mine if job["args"]["number"] in DEAD}
    asked = {job["args"]["number"] for job in mine if job["cancel_asked_at"]}
    due = {job["args"]["number"] for job in mine if job["state"] in ("available", "retryable")}
    expect(DEAD, dead & running, "jobs of the dead node")
    wanted = due | (running - asked if all_nodes else dead)

    def over():
        return set(numbers(journal)) >= wanted and (not all_nodes or state_of(asked) == {"cancelled"})

    def state_of(some):
        jobs = ask(programs.spark, path, "job:list", "--queue", "running", "--limit", "100")["jobs"]
        return {job["state"] for job in jobs if job["args"]["number"] in some}

    work_until(programs.worker, path, ("running",), journal, over, patience)
    expect(sorted(wanted), sorted(numbers(journal)), "jobs that ran")
    expect({"completed"}, state_of(wanted), "their states")
    for job in mine:
        if job["args"]["number"] in wanted & running:
            errors = ask(programs.spark, path, "job:show", job["id"])["job"]["errors"]
            expect("node_lost", errors[-1]["reason"], f"why job number {job['seq']} ran again")
    is_sound(programs, path)


def what_silent_nodes_held_runs_again(programs, path, expected):
    what_a_dead_node_held_runs_again(programs, path, expected, 180, True)


class Programs:
    def __init__(self, spark, worker, checker):
        self.spark, self.worker, self.checker = spark, worker, checker


def main(case, *programs):
    with open(EXPECTED, encoding="utf-8") as file:
        expected = json.load(file)
    with tempfile.TemporaryDirectory(prefix="kue-upgrade-") as folder:
        globals()[case](Programs(*map(os.path.abspath, programs)), os.path.join(folder, "old.db"), expected)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
