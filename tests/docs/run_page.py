"""Follows one page of the documentation as a reader would, in an empty folder: writes its files, runs its shell fences in order,
compares what it says is printed. How a fence is marked: pages.py.

usage: run_page.py --page FILE --spark SPARK [--path DIR:DIR] [--set NAME=VALUE ...]"""
import argparse
import ctypes
import fcntl
import json
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

from pages import contains, fences, plain

PATIENCE = 120  # seconds for a command, or for a line to appear: a busy machine is slow, a broken page is not
LANGUAGES = {"sh", "text", "cpp", "toml", "json", "ini", "cmake", "dockerfile", "run", "stop", "waits"}


class Wrong(Exception):
    pass


class Terminal:
    """A shell whose commands come one fence at a time; what it prints goes to a terminal, as wide as they are today, which we read."""

    def __init__(self, folder, environment):
        self.screen, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
        self.shown = b""
        threading.Thread(target=self.read_screen, daemon=True).start()
        self.fifo_read, self.fifo_write = os.pipe()
        self.answers = b""
        self.shell = subprocess.Popen(["bash", "--noprofile", "--norc"], cwd=folder, env=environment, stdin=subprocess.PIPE,
                                      stdout=slave, stderr=slave, pass_fds=[self.fifo_write], start_new_session=True)
        os.close(slave)
        os.set_blocking(self.fifo_read, False)
        self.started = 0

    def read_screen(self):
        try:
            while got := os.read(self.screen, 65536):
                self.shown += got
        except OSError:
            pass  # nobody has it open any more

    def printed(self, since=0):
        return self.shown[since:].decode(errors="replace")

    def send(self, commands):
        self.started = len(self.shown)
        self.answers = b""
        script = tempfile.NamedTemporaryFile("w", suffix=".sh", delete=False)
        script.write(commands)
        script.close()
        line = f"failed=0; trap 'failed=$?' ERR; . {script.name} < /dev/null; printf '%s %s\\n' $? $failed >&{self.fifo_write}; rm {script.name}\n"
        self.shell.stdin.write(line.encode())
        self.shell.stdin.flush()

    def wait(self):
        """(exit code of the last command, that of the last one that failed)"""
        until = time.monotonic() + PATIENCE
        while b"\n" not in self.answers:
            if self.shell.poll() is not None or time.monotonic() > until:
                raise Wrong(f"the command does not end; it printed:\n{self.printed(self.started)}")
            try:
                self.answers += os.read(self.fifo_read, 100)
            except BlockingIOError:
                time.sleep(0.02)
        last, failed = self.answers.split()
        return int(last), int(failed)

    def wait_for(self, wanted, folder, since, patience):
        over = time.monotonic() + patience
        while not contains(plain(self.printed(since), folder), wanted):
            if time.monotonic() > over:
                raise Wrong(f"the page says\n{wanted}\nand this is printed:\n{plain(self.printed(since), folder)}")
            time.sleep(0.02)

    def wait_to_say(self, text):
        over = time.monotonic() + PATIENCE
        while text not in self.printed():
            if time.monotonic() > over:
                raise Wrong(f"'{text}' is not printed:\n{self.printed()}")
            time.sleep(0.02)

    def interrupt(self):
        for pid in children_of(self.shell.pid):
            os.kill(pid, signal.SIGINT)
        self.wait()


def children_of(parent):
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as file:
                if int(file.read().rpartition(")")[2].split()[1]) == parent:
                    found.append(int(name))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def end_all():
    """Ends what the page left running; orphans come to us because we are their subreaper. Returns what had to be killed."""
    killed = []
    until = time.monotonic() + PATIENCE
    while children := children_of(os.getpid()):
        for pid in children:
            late = time.monotonic() > until
            try:
                done, _ = os.waitpid(pid, os.WNOHANG)
                if done == 0:
                    for member in [*children_of(pid), pid]:
                        os.kill(member, signal.SIGKILL if late else signal.SIGTERM)
                    if late:
                        killed.append(pid)
            except (ChildProcessError, ProcessLookupError):
                pass
        time.sleep(0.05)
    return killed


class Reader:
    """One page and the folder in which it is followed."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.environment = {"PATH": options.path + ":" + os.environ["PATH"], "HOME": folder, "LANG": "C.UTF-8", "TERM": "dumb", "NO_COLOR": "1",
                            **dict(pair.split("=", 1) for pair in options.set)}
        for name in ("CMAKE_PREFIX_PATH", "PKG_CONFIG_PATH", "LD_LIBRARY_PATH"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        if shutil.which("ccache"):  # what a page compiles is the same at each run of this test, in another folder
            self.environment |= {"PATH": "/usr/lib/ccache:" + self.environment["PATH"], "CCACHE_BASEDIR": os.path.realpath(folder), "CCACHE_NOHASHDIR": "1",
                                 "CCACHE_DIR": subprocess.check_output(["ccache", "-k", "cache_dir"], text=True).strip()}
        self.terminals = {}
        self.ran, self.compared, self.not_run = 0, 0, []

    def terminal(self, note):
        number = int((re.search(r"terminal (\d)", note or "") or [0, 1])[1])
        if number not in self.terminals:
            place = (re.search(r" in (\S+)", note or "") or [0, "."])[1]
            self.terminals[number] = Terminal(os.path.join(self.folder, place), self.environment)
        return number, self.terminals[number]

    def follow(self, fence):
        if fence.language not in LANGUAGES:
            raise Wrong(f"a fence of language '{fence.language}'; say one of {', '.join(sorted(LANGUAGES))}")
        if name := fence.note("file"):
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(fence.text)
        getattr(self, fence.language, lambda _: None)(fence)

    def sh(self, fence):
        note = fence.note("shell") or ""
        if note.startswith("norun"):
            why = note.partition("because ")[2]
            if not why:
                raise Wrong("a shell fence that is not run must say why")
            self.not_run.append(f"line {fence.line}: {why}")
            return
        number, terminal = self.terminal(note)
        terminal.send(fence.text)
        self.ran += 1
        if number != 1:
            return
        last, failed = terminal.wait()
        wanted = int((re.search(r"fails (\d+)", note) or [0, 0])[1])
        if last != wanted or (wanted == 0 and failed != 0):
            raise Wrong(f"exit code {last or failed} instead of {wanted}:\n{fence.text}{terminal.printed(terminal.started)}")

    def run(self, fence):
        _, terminal = self.terminal("")
        terminal.send(fence.text)
        if terminal.wait() != (0, 0):
            raise Wrong(f"preparation failed:\n{terminal.printed(terminal.started)}")

    def stop(self, fence):
        self.terminal(fence.text)[1].interrupt()

    def waits(self, fence):
        where, _, text = fence.text.strip().partition(" for ")
        self.terminal(where)[1].wait_to_say(text)
        self.compared += 1

    def text(self, fence):
        if fence.note("message") is not None or fence.note("drawing") is not None:
            return  # tests/first_hour makes the messages
        note = fence.note("prints")
        if note is None:
            raise Wrong("a text fence must say '<!-- prints -->', '<!-- message: NAME -->' or '<!-- drawing -->'")
        number, terminal = self.terminal(note)
        wanted = plain(fence.text)
        self.compared += 1
        if number == 1:  # what a command printed that has ended is there, or is read in a moment
            terminal.wait_for(wanted, self.folder, since=terminal.started, patience=3)
        else:
            terminal.wait_for(wanted, self.folder, since=0, patience=PATIENCE)

    def toml(self, fence):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "spark.toml"), "w") as file:
                file.write(fence.text)
            # With --store it answers itself, and reads the configuration first: 2 says that this is wrong, 4 that there are no jobs.
            done = subprocess.run([self.options.spark, "queue:stats", "--store", "sqlite:none.db"], cwd=folder, capture_output=True, text=True)
            if done.returncode != 4:
                raise Wrong(f"spark does not take this configuration: {done.stderr}")
        self.compared += 1

    def json(self, fence):
        try:
            json.loads(fence.text)
        except ValueError as error:
            raise Wrong(f"no JSON: {error}")
        self.compared += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--page", required=True)
    parser.add_argument("--spark", required=True)
    parser.add_argument("--path", default="")
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_args()
    if shutil.which("bash") is None:
        sys.exit("bash is not installed")
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    bad = []
    with tempfile.TemporaryDirectory(prefix="spark-page-") as folder:
        reader = Reader(options, folder)
        for fence in fences(options.page):
            try:
                reader.follow(fence)
            except Wrong as wrong:
                bad.append(f"{options.page}:{fence.line}: {wrong}")
                break  # what follows builds on it
        if killed := end_all():
            bad.append(f"{options.page}: {len(killed)} processes of this page did not end at TERM and were killed")
    for line in reader.not_run:
        print(f"not run: {line}")
    print("\n".join(bad))
    print(f"{reader.ran} shell fences run, {reader.compared} texts compared, {len(reader.not_run)} shell fences not run")
    sys.exit(1 if bad else 0)


main()
