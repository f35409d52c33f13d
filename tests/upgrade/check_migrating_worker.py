"""A worker with four children on a file of schema 4: one process migrates it, and no child does.

usage: check_migrating_worker.py SPARK MIGRATING_WORKER"""
import collections
import os
import sys
import tempfile

from fixture import ask, restore, run

CHILDREN, OLD = 4, 4


def seen_by(program, spark, folder, *words):
    """Who opened a queue and found which schema, with how often."""
    path, seen = os.path.join(folder, "old.db"), os.path.join(folder, "seen")
    restore(path)
    newest = ask(spark, path, "store:migrate", "--dry-run")["newest"]
    run([program, *words], cwd=folder, env={**os.environ, "SPARK_STORE_URL": f"sqlite:{path}", "MIGRATION_SEEN": seen})
    with open(seen, encoding="utf-8") as file:
        found = collections.Counter(tuple(line.rsplit(" ", 1)) for line in file.read().split("\n")[:-1])
    if ask(spark, path, "store:migrate", "--dry-run")["schema"] != newest:
        sys.exit("the file was not migrated")
    old = [who for (who, version), times in found.items() for _ in range(times) if int(version) == OLD]
    children = sum(times for (who, version), times in found.items() if who == "spark-child" and int(version) == newest)
    if len(old) != 1 or children < CHILDREN:
        sys.exit(f"schema {OLD} was found by {old}, schema {newest} by {children} children: {dict(found)}")
    print(f"{old[0]} migrated; {dict(found)}")
    return old[0]


def main(spark, program):
    with tempfile.TemporaryDirectory(prefix="kue-upgrade-") as folder:
        who = seen_by(program, spark, folder)
        if who != "spark-keeper":
            sys.exit(f"without a console {who} migrated and not the keeper")
    with tempfile.TemporaryDirectory(prefix="kue-upgrade-") as folder:
        who = seen_by(program, spark, folder, "queue:worker", "-c", str(CHILDREN), "--queues", "mail", "--stop-when-empty")
        if who == "spark-child":
            sys.exit("a child migrated")


main(*map(os.path.abspath, sys.argv[1:]))
