"""Makes schema4.sql and schema4.json again, with programs of commit 20fddda that are built in a folder of the caller's.

usage: make_schema4.py FOLDER

schema4.sql is the file that make_schema4.cpp wrote, as text; schema4.json is what the programs of that commit say of
it: every job, the counts, and the order in which a worker of one child ran what was available."""
import json
import os
import shutil
import sqlite3
import sys

from fixture import EXPECTED, HERE, OPEN_QUEUES, SQL, ask, drain, jobs_of, nodes_of, restore, run
import old_commit

# The state is in the schema and no call of that commit leads to it: as a push of a blocked job would write it.
BLOCK = """
UPDATE unfinished SET state = 1, place = 0 WHERE queue = 'blocked';
UPDATE queues SET available = 0, blocked = 2 WHERE name = 'blocked';
UPDATE events SET to_state = 1 WHERE verb = 0 AND id IN (SELECT id FROM jobs WHERE queue = 'blocked');
DELETE FROM ready WHERE queue = 'blocked';
"""


VERSIONS = ("application_id", "user_version")


def content(path):
    """Everything in a file that its text must bring back."""
    database = sqlite3.connect(path)
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    tables = {name: database.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}
    schema = sorted(database.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall())
    versions = [database.execute(f"PRAGMA {name}").fetchone() for name in VERSIONS]
    database.close()
    return tables, schema, versions


def main(folder):
    programs = old_commit.build(folder, ["spark_program", "upgrade_program", "make_schema4", "kue-checker"], 2)
    spark, worker = os.path.join(programs, "spark"), os.path.join(programs, "upgrade_program")
    work = os.path.join(folder, "work")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    written, restored = os.path.join(work, "written.db"), os.path.join(work, "restored.db")
    run([os.path.join(programs, "make_schema4"), written])
    database = sqlite3.connect(written)
    database.executescript(BLOCK)
    lines = list(database.iterdump())
    versions = [f"PRAGMA {name} = {database.execute(f'PRAGMA {name}').fetchone()[0]};" for name in VERSIONS]
    database.close()
    with open(SQL, "w", encoding="utf-8", newline="") as file:
        first = "-- A store of commit 20fddda, schema 4: made by make_schema4.py, do not edit."
        file.write("\n".join([first, *versions, *lines]) + "\n")
    restore(restored)
    if content(restored) != content(written):
        sys.exit("the text does not restore what the program wrote")
    checked = ask(spark, restored, "store:check")
    if checked["problems"]:
        sys.exit(f"the program of that commit finds fault with it: {checked}")
    run([os.path.join(programs, "kue-checker"), "--store", f"sqlite:{restored}", "--all"])
    jobs, stats = jobs_of(spark, restored), {"queues": ask(spark, restored, "queue:stats")["queues"]}
    nodes = nodes_of(spark, restored)
    order = drain(worker, restored, OPEN_QUEUES, os.path.join(work, "open"))
    ask(spark, restored, "queue:resume", "paused")
    order += drain(worker, restored, ("paused",), os.path.join(work, "paused"))
    with open(EXPECTED, "w", encoding="utf-8") as file:
        file.write(f'{{"commit": "{old_commit.COMMIT}",\n')
        for name, value in (("facts", checked["facts"][0]), ("order", order), ("stats", stats), ("nodes", nodes)):
            file.write(f' "{name}": {json.dumps(value)},\n')
        file.write(' "jobs": [\n  ')
        file.write(",\n  ".join(json.dumps(job, ensure_ascii=False) for job in jobs) + "\n]}\n")
    print(f"{len(jobs)} jobs, {len(order)} of them ran; {os.path.getsize(SQL)} bytes of SQL in {HERE}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]))
