"""The file of schema 4 as text (schema4.sql), and questions to a program about a store, by its console alone."""
import json
import os
import sqlite3
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SQL = os.path.join(HERE, "schema4.sql")
EXPECTED = os.path.join(HERE, "schema4.json")
OPEN_QUEUES = ("again", "bulk", "done", "due", "empty", "ends", "later", "mail", "shop")
PATIENCE = 60


def restore(path):
    """Makes the file anew from the text."""
    database = sqlite3.connect(path, isolation_level=None)
    with open(SQL, encoding="utf-8", newline="") as file:
        database.executescript(file.read())
    database.execute("PRAGMA journal_mode = WAL")
    database.close()


def run(words, code=0, timeout=PATIENCE, **more):
    done = subprocess.run(words, capture_output=True, text=True, timeout=timeout, check=False, **more)
    if done.returncode != code:
        said = f"{done.stdout}\n{done.stderr}"
        raise AssertionError(f"{' '.join(words)} ended with {done.returncode}, not {code}:\n{said}")
    return done.stdout


def ask(program, path, *words):
    """What a command answers with --json."""
    return json.loads(run([program, *words, "--store", f"sqlite:{path}", "--json"], cwd=os.path.dirname(path)))


def jobs_of(program, path):
    """All jobs, each with its attempts, in the order of arrival."""
    ids = [job["id"] for job in ask(program, path, "job:list", "--all", "--oldest-first")["jobs"]]
    return [ask(program, path, "job:show", one)["job"] for one in ids]


def numbers(path):
    """The journal that jobs wrote."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [int(line) for line in file.read().split("\n")[:-1]]


def nodes_of(program, path):
    """The workers that the store knows. Whether one lives is this program's opinion; that one is dead is in the file."""
    nodes = ask(program, path, "store:info")["nodes"]
    kept = ("node", "host", "pid", "running")
    shown = [{**{name: node[name] for name in kept}, "dead": node["life"] == "dead"} for node in nodes]
    return sorted(shown, key=lambda node: node["node"])


def work_until(program, path, queues, journal, holds, patience):
    """A worker with one child that is stopped as soon as `holds`."""
    words = [program, "queue:worker", "-c", "1", "--queues", ",".join(queues), "--store", f"sqlite:{path}"]
    environment = {**os.environ, "UPGRADE_DONE": journal}
    with open(f"{journal}.log", "w+", encoding="utf-8") as log:
        worker = subprocess.Popen(words, cwd=os.path.dirname(path), env=environment, stdin=subprocess.DEVNULL,
                                  stdout=log, stderr=log)
        give_up_at = time.monotonic() + patience
        while not (held := holds()) and time.monotonic() < give_up_at and worker.poll() is None:
            time.sleep(0.1)
        worker.terminate()
        worker.wait(PATIENCE)
        if not held:
            log.seek(0)
            said = f"{numbers(journal)} ran, and the worker said:\n{log.read()[:4000]}"
            raise AssertionError(f"not within {patience} s; {said}")


def drain(program, path, queues, journal):
    """A worker with one child until these queues are empty; the numbers in the order in which the jobs ran."""
    words = [program, "queue:worker", "-c", "1", "--queues", ",".join(queues), "--stop-when-empty",
             "--store", f"sqlite:{path}"]
    environment = {**os.environ, "UPGRADE_DONE": journal}
    with open(f"{journal}.log", "w+", encoding="utf-8") as log:
        worker = subprocess.Popen(words, cwd=os.path.dirname(path), env=environment, stdin=subprocess.DEVNULL,
                                  stdout=log, stderr=log)
        try:
            code = worker.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            worker.terminate()  # its children end with it
            code = "too late"
            worker.wait(PATIENCE)
        if code != 0:
            log.seek(0)
            raise AssertionError(f"the worker ended with {code}:\n{log.read()[:4000]}")
    return numbers(journal)
