"""The errors of a first hour: makes each mistake of docs/guide/when-it-does-not-work.md with the real program and compares what it
prints with the page. A scenario is a function named as the page's <!-- message: NAME -->, with _ for -.

usage: first_hour.py NAME|--complete --page FILE --shop SHOP --spark SPARK --hello HELLO --nfs-answer SO --include DIR --compiler CXX"""
import argparse
import os
import pty
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs"))
from pages import contains, fences, plain  # noqa: E402

PATIENCE = 60
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] if os.geteuid() == 0 else []
# A place of our own in the tree of mounts; a user who is not root gets one too.
MOUNTS = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]


class Folder:
    """The reader's folder, with the programs in it."""

    def __init__(self, path, options):
        self.path, self.options = path, options
        os.chmod(path, 0o755)
        for program in (options.shop, options.spark, options.hello):
            os.symlink(program, os.path.join(path, os.path.basename(program)))

    def file(self, name, text, mode="w"):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, mode) as file:
            file.write(text)
        return path

    def run(self, *words, mistake="", prefix=(), folder="", good=None, env=None):
        """What a command printed on both streams. `good`: it must succeed, or must not."""
        environment = {**os.environ, "SHOP_MISTAKE": mistake, **(env or {})}
        program = os.path.join(self.path, words[0]) if words[0] in ("shop", "spark", "hello") else words[0]
        done = subprocess.run([*prefix, program, *words[1:]], cwd=os.path.join(self.path, folder), env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=PATIENCE, check=False)
        if good is not None and (done.returncode == 0) != good:
            sys.exit(f"{words} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def on_a_terminal(self, *words):
        """As run, for a command that prints tables on a terminal only."""
        screen, slave = pty.openpty()
        subprocess.run([os.path.join(self.path, words[0]), *words[1:]], cwd=self.path, stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                       env={**os.environ, "NO_COLOR": "1"}, timeout=PATIENCE, check=True)
        os.close(slave)
        shown = b""
        try:
            while got := os.read(screen, 65536):
                shown += got
        except OSError:
            pass  # the other end is closed: all is read
        return shown.decode()

    def until(self, wanted, *words, mistake="", folder="", after=None):
        """Starts a program, waits until it printed a line, ends it with TERM. What it printed."""
        program = os.path.join(self.path, words[0])
        with tempfile.NamedTemporaryFile("w+") as output:
            process = subprocess.Popen([program, *words[1:]], cwd=os.path.join(self.path, folder), env={**os.environ, "SHOP_MISTAKE": mistake},
                                       stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
            end = time.monotonic() + PATIENCE
            try:
                while wanted not in (text := open(output.name, errors="replace").read()):
                    if process.poll() is not None or time.monotonic() > end:
                        sys.exit(f"{words} did not print {wanted!r}:\n{text}")
                    time.sleep(0.02)
                extra = after() if after else ""
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(PATIENCE)
            return open(output.name, errors="replace").read() + extra


# ---- building

def cmake_does_not_find_it(folder):
    folder.file("CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(hello LANGUAGES NONE)\nfind_package(spark REQUIRED)\n")
    return folder.run("cmake", "-B", "build", "-DCMAKE_FIND_USE_CMAKE_SYSTEM_PATH=OFF", good=False)


def header_is_not_found(folder):
    folder.file("hello.cpp", "#include <spark/spark.hpp>\n")
    return folder.run(folder.options.compiler, "-std=c++20", "-fsyntax-only", "hello.cpp", good=False)


def compiled(folder, job):
    folder.file("job.cpp", "#include <kue/job.hpp>\n" + job + "kue::Envelope envelope() { return kue::make_envelope(Job()); }\n")
    return folder.run(folder.options.compiler, "-std=c++20", "-fsyntax-only", "-I", folder.options.include, "job.cpp", good=False)


def older_standard(folder):
    folder.file("job.cpp", "#include <kue/job.hpp>\n")
    return folder.run(folder.options.compiler, "-std=c++17", "-fsyntax-only", "-I", folder.options.include, "job.cpp", good=False)


def no_run(folder):
    return compiled(folder, "struct Job { int order; };\n")


def field_cannot_travel(folder):
    return compiled(folder, "struct Job { int* order; void run() const {} };\n")


def run_parameter(folder):
    return compiled(folder, "struct Job { void run(int times) const {} };\n")


# ---- starting

def nothing_happens(folder):
    assert folder.run("shop", "queue:worker", mistake="no run", good=True) == ""
    return folder.run("shop", good=False)


def unknown_command(folder):
    return folder.run("shop", "queue:wroker", good=False)


def unknown_key(folder):
    folder.file("spark.toml", '[store]\nurl = "sqlite:spark.db"\n\n[worker]\nconcurency = 4\nstop_timeout = 25\n')
    return folder.run("shop", "queue:worker", good=False)


def program_is_not_built(folder):
    folder.file("spark.toml", '[application]\nbinary = "build/shop"\n')
    return folder.run("spark", "queue:worker", good=False)


def spark_has_no_jobs(folder):
    return folder.run("spark", "queue:worker", good=False)


def service_is_missing(folder):
    return folder.run("shop", "queue:worker", mistake="no mailer", good=False)


def queue_before_run(folder):
    return folder.run("shop", "queue:worker", mistake="queue before run", good=False)


def memory_with_children(folder):
    return folder.run("shop", "queue:worker", "-c", "4", "--store", "memory:", good=False)


def another_worker(folder):
    return folder.until("worker started", "shop", "queue:worker", "--pid-file", "worker.pid",
                        after=lambda: folder.run("shop", "queue:worker", "--pid-file", "worker.pid", good=False))


def pid_file_in_tmp(folder):
    os.mkdir(os.path.join(folder.path, "tmp"))
    os.chmod(os.path.join(folder.path, "tmp"), 0o1777)
    return folder.run("shop", "queue:worker", "--pid-file", "tmp/worker.pid", good=False)


def port_in_use(folder):
    first = []

    def second():
        port = re.search(r"127\.0\.0\.1:(\d+)", open(first[0]).read())[1]
        return folder.run("hello", "server", "--port", port, good=False)

    log = os.path.join(folder.path, "server.log")
    first.append(log)
    with open(log, "w") as output:
        server = subprocess.Popen([os.path.join(folder.path, "hello"), "server", "--port", "0"], cwd=folder.path, stdout=output, stderr=output)
        try:
            end = time.monotonic() + PATIENCE
            while "open http" not in open(log).read():
                if time.monotonic() > end or server.poll() is not None:
                    sys.exit("the first server does not start: " + open(log).read())
                time.sleep(0.02)
            return second()
        finally:
            server.terminate()
            server.wait(PATIENCE)


# ---- a job waits

def no_worker(folder):
    folder.run("shop", "order", good=True)
    return folder.on_a_terminal("shop", "queue:stats")


def two_files(folder):
    os.makedirs(os.path.join(folder.path, "web"))
    os.makedirs(os.path.join(folder.path, "jobs"))
    pushed = folder.run("shop", "order", folder="web", good=True)
    return pushed + folder.until("worker started", "shop", "queue:worker", folder="jobs")


def no_store_there(folder):
    return folder.run("shop", "queue:stats", good=False)


def class_is_not_registered(folder):
    folder.run("shop", "job:push", "ChargeCard", "--args", '{"order":7}', good=True)
    return folder.until("runs again in", "shop", "queue:worker", mistake="one job only")


def queue_is_not_served(folder):
    folder.run("shop", "order", good=True)
    return folder.until("worker started", "shop", "queue:worker", "--queues", "mail,default")


def job_throws(folder):
    folder.run("shop", "job:push", "ChargeCard", "--args", '{"order":7}', good=True)
    return folder.until("runs again in", "shop", "queue:worker")


def job_crashes(folder):
    folder.run("shop", "job:push", "ReadBarcode", "--args", '{"picture":"a.png"}', good=True)
    return folder.until("poison", "shop", "queue:worker")


# ---- pushing

def wrong_arguments(folder):
    return folder.run("shop", "job:push", "SendInvoice", "--args", '{"oder":7,"locale":3}', good=False)


def validate_refuses(folder):
    return folder.run("shop", "order", "--number", "-1", good=False)


def unknown_class(folder):
    return folder.run("shop", "job:push", "SendInvoce", good=False)


def too_large(folder):
    return folder.run("shop", "order", "--letters", "1100000", good=False)


def own_queue_cannot_delay(folder):
    return folder.run("shop", "order", "--delay", "5m", mistake="own queue", good=False)


def own_queue_cannot_be_looked_into(folder):
    return folder.run("shop", "queue:stats", mistake="own queue", good=False)


def at_most_once(folder):
    return folder.until("at-most-once", "shop", "queue:worker", mistake="own queue")


# ---- the file

def no_rights(folder):
    """Made by one user, used by another."""
    folder.run("shop", "order", good=True)
    os.unlink(os.path.join(folder.path, "shop"))
    shutil.copy(folder.options.shop, folder.path)  # nobody may not be let into the folder of the build
    if NOBODY:
        return folder.run("shop", "order", prefix=NOBODY, good=False)
    os.chmod(folder.path, 0o555)
    try:
        return folder.run("shop", "order", good=False)
    finally:
        os.chmod(folder.path, 0o755)


def read_only(folder):
    os.mkdir(os.path.join(folder.path, "ro"))
    mount = "mount --bind ro ro && mount -o remount,ro,bind ro && cd ro && ../shop order"
    return folder.run("sh", "-c", mount, prefix=MOUNTS, good=False)


def disk_full(folder):
    os.mkdir(os.path.join(folder.path, "small"))
    fill = "mount -t tmpfs -o size=12m none small && cd small && ../shop order 2>/dev/null && cat /dev/zero > fill 2>/dev/null; ../shop order"
    return folder.run("sh", "-c", fill, prefix=MOUNTS, good=False)


def directory(folder):
    os.mkdir(os.path.join(folder.path, "spark.db"))
    return folder.run("shop", "order", good=False)


def folder_is_missing(folder):
    folder.file("spark.toml", '[store]\nurl = "sqlite:var/spark.db"\n')
    return folder.run("shop", "order", good=False)


def not_a_url(folder):
    return folder.run("shop", "order", "--store", "spark.db", good=False)


def unknown_store(folder):
    return folder.run("shop", "order", "--store", "mysql://localhost/shop", good=False)


def network_file_system(folder):
    return folder.run("shop", "order", env={"LD_PRELOAD": folder.options.nfs_answer, "ASAN_OPTIONS": "verify_asan_link_order=0"}, good=False)


def newer_schema(folder):
    folder.run("shop", "order", good=True)
    database = sqlite3.connect(os.path.join(folder.path, "spark.db"))
    version = database.execute("PRAGMA user_version").fetchone()[0]
    database.execute(f"PRAGMA user_version = {version + 1}")
    database.commit()
    database.close()
    return folder.run("shop", "order", good=False)


def another_programs_database(folder):
    database = sqlite3.connect(os.path.join(folder.path, "spark.db"))
    database.execute("CREATE TABLE recipes (name TEXT)")
    database.commit()
    database.close()
    return folder.run("shop", "order", good=False)


def not_a_database(folder):
    folder.file("spark.db", "Dear diary, today I wrote a queue.\n" * 100)
    return folder.run("shop", "order", good=False)


def damaged(folder):
    for _ in range(3):
        folder.run("shop", "order", good=True)
    path = os.path.join(folder.path, "spark.db")
    database = sqlite3.connect(path)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    roots = [page for (page,) in database.execute("SELECT rootpage FROM sqlite_schema WHERE rootpage > 0 AND (name LIKE 'unfinished%' OR name = 'kue_unfinished')")]
    size = database.execute("PRAGMA page_size").fetchone()[0]
    database.close()
    with open(path, "r+b") as file:
        for page in roots:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
    return folder.run("shop", "order", good=False)


def locked(folder):
    folder.run("shop", "order", good=True)
    database = sqlite3.connect(os.path.join(folder.path, "spark.db"), isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    try:
        return folder.run("shop", "order", good=False)
    finally:
        database.execute("ROLLBACK")
        database.close()


def names_on_page(page):
    return [fence.note("message") for fence in fences(page) if fence.note("message")]


def check_complete(page):
    names = names_on_page(page)
    scenarios = {name.replace("_", "-") for name, value in globals().items()
                 if callable(value) and getattr(value, "__code__", None) and value.__code__.co_varnames[:1] == ("folder",)
                 and value.__code__.co_argcount == 1}
    twice = {name for name in names if names.count(name) > 1}
    wrong = [f"on the page without a scenario: {name}" for name in set(names) - scenarios]
    wrong += [f"a scenario that the page does not name: {name}" for name in scenarios - set(names)]
    wrong += [f"twice on the page: {name}" for name in twice]
    print("\n".join(wrong) or f"{len(names)} messages, each with its scenario")
    sys.exit(1 if wrong else 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", nargs="?")
    parser.add_argument("--complete", action="store_true")
    for option in ("page", "shop", "spark", "hello", "nfs-answer", "include", "compiler"):
        parser.add_argument("--" + option)
    options = parser.parse_args()
    if options.complete:
        check_complete(options.page)
    wanted = next((fence.text for fence in fences(options.page) if fence.note("message") == options.name), None)
    if wanted is None:
        sys.exit(f"{options.page} has no message {options.name}")
    with tempfile.TemporaryDirectory(prefix="spark-first-hour-") as path:
        printed = plain(globals()[options.name.replace("-", "_")](Folder(path, options)), path)
    if not contains(printed, plain(wanted)):
        sys.exit(f"the page says\n{plain(wanted)}\nand this is printed:\n{printed}")


main()
