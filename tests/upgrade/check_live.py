"""A worker and a producer of commit 20fddda at work on a file that this program migrates meanwhile: nothing that they
were told is lost.

usage: check_live.py build FOLDER
       check_live.py migrate FOLDER SPARK UPGRADE_PROGRAM"""
import os
import re
import shutil
import signal
import subprocess
import sys
import time

from fixture import ask, numbers, run
import old_commit

SKIPPED = 77
PATIENCE = 60  # seconds, of each wait
SLOW, SLOW_MS = 2, 8000  # jobs of the old worker that are in the middle of their run when the file is migrated
PUSHES, PAUSE_MS = 4000, 5  # of the old producer, at most; it is stopped long before
FIRST_OF_LOOP, FIRST_OF_NEW, OF_NEW = 1000, 100_000, 50
# Why a job may run a second time; an attempt with one of them is kept.
REASONS = {"node_lost", "interrupted", "crashed"}


def wait_for(holds, what):
    give_up_at = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > give_up_at:
            raise AssertionError(f"not within {PATIENCE} s: {what}")
        time.sleep(0.02)


class Scene:
    """One folder: the file, the journals of jobs and producers, the logs of all programs. Ends what it started."""

    def __init__(self, folder, old, spark, program):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self.folder, self.old, self.spark, self.program = folder, old, spark, program
        self.file = self.path("jobs.db")
        self.environment = {**os.environ, "UPGRADE_BEGUN": self.path("begun"), "UPGRADE_DONE": self.path("done")}
        self.started = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, name, program, *words):
        with open(self.path(f"{name}.log"), "w", encoding="utf-8") as log:
            process = subprocess.Popen([program, *words, "--store", f"sqlite:{self.file}"], cwd=self.folder, stdout=log,
                                       stdin=subprocess.DEVNULL, stderr=log, env=self.environment)
        self.started.append(process)
        return process

    def log(self, name):
        with open(self.path(f"{name}.log"), encoding="utf-8", errors="replace") as log:
            return log.read()

    def numbers(self, name):
        return numbers(self.path(name))

    def close(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait(PATIENCE)


def sentences(log):
    """What stands in a log of the old worker at warn and error, each once, without times, pids and ids."""
    found = {}
    for line in log.split("\n"):
        said = re.match(r"\S+ (warn|error)\s+(.*)", line)
        if said:
            found[re.sub(r"\d+", "N", re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", said.group(2)))] = said.group(2)
    return list(found.values())


def begin(scene):
    """Two children are in a slow job each, a third one works on what the producer pushes."""
    old_program = os.path.join(scene.old, "upgrade_program")
    run([old_program, "push:loop", "--first", "1", "--count", str(SLOW), "--sleep-ms", str(SLOW_MS),
         "--told", scene.path("told"), "--store", f"sqlite:{scene.file}"], cwd=scene.folder)
    worker = scene.start("old-worker", old_program, "queue:worker", "-c", str(SLOW + 1), "--stop-timeout", "5s")
    wait_for(lambda: len(scene.numbers("begun")) >= SLOW, "the old worker begins the slow jobs")
    producer = scene.start("old-producer", old_program, "push:loop", "--first", str(FIRST_OF_LOOP),
                           "--count", str(PUSHES), "--pause-ms", str(PAUSE_MS), "--told", scene.path("told"),
                           "--stop", scene.path("stop"))
    wait_for(lambda: len(scene.numbers("done")) >= 50, "the old worker works on what the old producer pushes")
    return worker, producer


def old_programs_are_told(scene):
    """The file has a newer schema: what each old program says of it."""
    wait_for(lambda: "refused: " in scene.log("old-producer"), "the old producer is told that its push failed")
    wait_for(lambda: sentences(scene.log("old-worker")), "the old worker says that it cannot write")
    late = subprocess.run([os.path.join(scene.old, "spark"), "queue:stats", "--store", f"sqlite:{scene.file}"],
                          capture_output=True, text=True, timeout=PATIENCE, check=False)
    if late.returncode != 5 or "a newer program has updated it" not in late.stderr:
        raise AssertionError(f"an old program that starts now ended with {late.returncode}: {late.stderr}")
    print(f"an old program that starts now says: {late.stderr.strip()}")


def nothing_is_lost(scene, newer):
    told, begun, done = scene.numbers("told"), scene.numbers("begun"), scene.numbers("done")
    jobs = ask(scene.spark, scene.file, "job:list", "--all")["jobs"]
    state = {job["args"]["number"]: job["state"] for job in jobs}
    checks = {
        "pushed once and in the file twice": len(jobs) - len(state),
        "told to be pushed and not in the file": sorted(set(told) - set(state)),
        "in the file though the push was refused": sorted(set(state) - set(told)),
        "not completed": sorted(number for number, its in state.items() if its != "completed"),
        "completed and never ran to their end": sorted(set(state) - set(done)),
        "problems that store:check found": ask(scene.spark, scene.file, "store:check")["problems"],
    }
    again = {job["args"]["number"]: job["id"] for job in jobs if begun.count(job["args"]["number"]) > 1}
    silent = []
    for number, job in again.items():
        reasons = [attempt["reason"] for attempt in ask(scene.spark, scene.file, "job:show", job)["job"]["errors"]]
        if len(reasons) < begun.count(number) - 1 or not set(reasons) <= REASONS:
            silent.append((number, reasons))
    checks["ran again without a reason on record"] = silent
    if newer:
        once = [number for number in range(1, SLOW + 1) if number not in again]
        checks["were running when the file was migrated and did not run again"] = once
    wrong = {what: found for what, found in checks.items() if found}
    if wrong:
        raise AssertionError("\n".join(f"{what}: {found}" for what, found in wrong.items()))
    print(f"{len(told)} pushes were told to be taken, all ran; {len(again)} ran again, each with a reason on record")


def migrate_beside(scene):
    worker, producer = begin(scene)
    before = time.monotonic()
    schema = ask(scene.spark, scene.file, "store:migrate")
    newer = schema["newest"] > 4
    took = 1000 * (time.monotonic() - before)
    print(f"schema {schema['schema_before']} to {schema['schema']}, {took:.0f} ms beside a live worker and a producer")
    run([scene.program, "push:loop", "--first", str(FIRST_OF_NEW), "--count", str(OF_NEW), "--pause-ms", "1",
         "--told", scene.path("told"), "--store", f"sqlite:{scene.file}"], cwd=scene.folder)
    if newer:
        old_programs_are_told(scene)
    time.sleep(1)  # both go on for a while
    with open(scene.path("stop"), "w", encoding="utf-8"):
        pass
    producer.wait(PATIENCE)
    for line in scene.log("old-producer").strip().split("\n"):
        print(f"the old producer says: {line}")
    if not newer and "\n0 refused" not in "\n" + scene.log("old-producer"):
        raise AssertionError("a push was refused though the schema is the same")
    worker.send_signal(signal.SIGTERM)
    print(f"the old worker ended with {worker.wait(PATIENCE)}")
    for line in sentences(scene.log("old-worker")):
        print(f"the old worker said: {line}")
    # It waits for the jobs that the old worker held: they are given back when its node is seen to be gone.
    scene.start("new-worker", scene.program, "queue:worker", "-c", "2", "--stop-when-empty").wait(3 * PATIENCE)
    nothing_is_lost(scene, newer)


def main(case, folder, *programs):
    if not old_commit.full_commit():
        print(f"commit {old_commit.COMMIT} is not in this clone")
        sys.exit(SKIPPED)
    if case == "build":
        old_commit.build(folder, ["spark_program", "upgrade_program"])
        return
    scene = Scene(os.path.join(folder, "live"), old_commit.programs(folder), *programs)
    try:
        migrate_beside(scene)
    except (AssertionError, subprocess.TimeoutExpired) as wrong:
        sys.exit(f"{wrong}\nfile, journals and logs are in {scene.folder}")
    finally:
        scene.close()


if __name__ == "__main__":
    if len(sys.argv) not in (3, 5) or sys.argv[1] not in ("build", "migrate"):
        sys.exit(__doc__)
    main(sys.argv[1], *map(os.path.abspath, sys.argv[2:]))
