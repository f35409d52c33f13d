"""Projects of users: configured, built and run as their owners would, with what is said when one of the steps fails."""
import os
import shutil
import signal
import subprocess
import sys
import time

CLONE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

PATIENCE = 60  # seconds, of each wait


class Failed(Exception):
    """A sentence that says what did not hold, with the output that shows it."""


def run(words, cwd, env=None, code=0, timeout=600):
    """Runs a program; returns its stdout. Fails with all that it said if the exit code is another one."""
    try:
        done = subprocess.run(words, cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False, timeout=timeout)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"{' '.join(words)} in {cwd} did not end within {timeout} s:\n{late.stdout}\n{late.stderr}") from late
    if done.returncode != code:
        raise Failed(f"{' '.join(words)} in {cwd} ended with {done.returncode}, not {code}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def expect(wanted, text, what):
    if wanted not in text:
        raise Failed(f"{what} does not hold '{wanted}':\n{text}")


class Consumer:
    """A project in `source`, built in `work`. `settings` are -D options of its cmake."""

    def __init__(self, source, work, ccache="", **settings):
        self.build = fresh(work)
        if ccache:  # finds what the last run of this test compiled, in this clone or another
            settings["CMAKE_CXX_COMPILER_LAUNCHER"] = f"cmake;-E;env;CCACHE_BASEDIR={CLONE};CCACHE_NOHASHDIR=1;{ccache}"
        self.said = run(["cmake", "-S", source, "-B", self.build, "-G", "Ninja", *[f"-D{name}={value}" for name, value in settings.items()]], self.build)

    def compile(self, target="all"):
        self.said = run(["cmake", "--build", self.build, "-j", "2", "--target", target], self.build, timeout=3000)
        return self

    def run(self, *words, cwd=None, code=0, program="consumer", env=None):
        return run([os.path.join(self.build, program), *words], cwd or self.build, env, code)


class Running:
    """A command that stays, ended with the block."""

    def __init__(self, line, folder, env, log):
        self.log = open(log, "w+b")
        self.process = subprocess.Popen(["sh", "-c", f"exec {line}"], cwd=folder, env=env, stdout=self.log, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def said(self):
        self.log.flush()
        return open(self.log.name, encoding="utf-8").read()

    def wait_for(self, text):
        end = time.monotonic() + PATIENCE
        while text not in self.said():
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failed(f"'{self.process.args[-1]}' did not say '{text}' but:\n{self.said()}")
            time.sleep(0.02)


def main(cases, *arguments):
    """The command line: the case's function by its name, with its arguments."""
    names = {case.__name__: case for case in cases}
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        sys.exit(f"usage: {sys.argv[0]} CASE ...; a case is one of {', '.join(names)}")
    try:
        names[sys.argv[1]](*arguments)
    except Failed as failed:
        sys.exit(f"{sys.argv[1]}: {failed}")
    print(f"{sys.argv[1]}: yes")
