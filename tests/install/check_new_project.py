"""`spark new` as its user goes on: the commands that it prints, word for word, with the installed spark.

usage: check_new_project.py CASE SOURCE BUILD WORK CCACHE"""
import json
import os
import re
import socket
import sys
import urllib.request

from consumer import CLONE, PATIENCE, Failed, Running, expect, fresh, main, run


class Newcomer:
    """Somebody with an empty folder, and the installed spark on the PATH."""

    def __init__(self, _source, _build, work, ccache):
        self.prefix = os.path.join(work, "prefix")
        self.folder = fresh(os.path.join(work, "newcomer", sys.argv[1]))
        self.env = {"PATH": f"{self.prefix}/bin:{os.environ['PATH']}", "CMAKE_BUILD_PARALLEL_LEVEL": "2"}
        if ccache:
            self.env.update(CMAKE_CXX_COMPILER_LAUNCHER=ccache, CCACHE_BASEDIR=CLONE, CCACHE_NOHASHDIR="1")

    def types(self, line, folder="", code=0, timeout=PATIENCE):
        return run(["sh", "-c", line], os.path.join(self.folder, folder), self.env, code, timeout)

    def starts(self, line, folder, log):
        return Running(line, os.path.join(self.folder, folder), {**os.environ, **self.env}, os.path.join(self.folder, log))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def get(url):
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        return answer.read().decode()


def printed_commands_work(newcomer):
    """Makes a project, builds and tests it, asks its page, and sees the job done."""
    said = newcomer.types("spark new shop")
    lines = said.partition("Now type")[2].splitlines()[1:]
    cd, build, test, server, worker = [line.strip() for line in lines if line.startswith("  ")]
    page = re.search(r"open (http://\S+)", said).group(1)
    if cd != "cd shop":
        raise Failed(f"the first command is '{cd}'")
    newcomer.types(build, "shop", timeout=500)
    expect("100% tests passed, 0 tests failed out of", newcomer.types(test, "shop"), "what ctest says")
    port = free_port()  # 8080 may be somebody else's here
    with newcomer.starts(server.replace("8080", port), "shop", "server.log") as serving:
        serving.wait_for(f"open http://127.0.0.1:{port}/")
        expect("A worker greets Ada soon", get(page.replace("8080", port)), "the page")
        again = newcomer.types(server.replace("8080", port) + " 2>&1", "shop", code=1)
        expect(f"cannot listen on port {port}: Address already in use", again, "a second server on that port")
    for wrong in ("99999", "0", "-1"):
        refusal = newcomer.types(server.replace("8080", wrong) + " 2>&1", "shop", code=2)
        expect("--port must be a whole number from 1 to 65535", refusal, f"port {wrong}")
    with newcomer.starts(worker, "shop", "worker.log") as working:
        working.wait_for("Hello Ada!")
    (job,) = json.loads(newcomer.types("spark job:list --json", "shop"))["jobs"]
    if (job["kind"], job["state"], job["result"]) != ("Greet", "completed", "Hello Ada!"):
        raise Failed(f"the job is {job}")
    expect("shop.db", " ".join(os.listdir(os.path.join(newcomer.folder, "shop"))), "the folder")


def what_is_there_is_left_alone(newcomer):
    os.makedirs(os.path.join(newcomer.folder, "full"))
    precious = os.path.join(newcomer.folder, "full", "precious")
    open(precious, "w").write("years of work")
    os.makedirs(os.path.join(newcomer.folder, "empty"))
    open(os.path.join(newcomer.folder, "file"), "w").close()
    expect("is there already and not empty; nothing was changed", newcomer.types("spark new full 2>&1", code=5), "the refusal")
    expect("is there already; nothing was changed", newcomer.types("spark new file 2>&1", code=5), "the refusal")
    if open(precious).read() != "years of work" or os.listdir(os.path.join(newcomer.folder, "full")) != ["precious"]:
        raise Failed("the folder was changed")
    made = json.loads(newcomer.types("spark new empty --json"))
    there = [os.path.relpath(os.path.join(at, file), made["path"]) for at, _, files in os.walk(made["path"]) for file in files]
    if sorted(there) != sorted(made["files"]) or not {"CMakeLists.txt", "src/main.cpp", ".gitignore"} <= set(there):
        raise Failed(f"{made['files']} were announced, {there} are there")
    for file in there:
        if "@" in open(os.path.join(made["path"], file)).read():
            raise Failed(f"{file} holds a place that was not filled in")
    if sorted(os.listdir(newcomer.folder)) != ["empty", "file", "full"]:
        raise Failed(f"something was left behind: {os.listdir(newcomer.folder)}")


def wrong_names_are_explained(newcomer):
    for name, why in (("a/b", "is a path, not a name"), ("7up", "a letter first"), ("''", "an empty one was given"), ("'my shop'", "letters, digits"),
                      ("x" * 51, "at most 50"), ("test", "means something else"), ("spark", "means something else"), ("../shop", "is a path")):
        expect(why, newcomer.types(f"spark new {name} 2>&1", code=2), f"spark new {name}")
    expect("NAME", newcomer.types("spark new 2>&1", code=2), "spark new without a name")
    if os.listdir(newcomer.folder):
        raise Failed(f"something was made: {os.listdir(newcomer.folder)}")


def a_new_application_beside_another(newcomer):
    """`new` is the program's own also where spark.toml names an application, even a broken one."""
    open(os.path.join(newcomer.folder, "spark.toml"), "w").write('[application]\nbinary = "build/none"\nunknown = 1\n')
    newcomer.types("spark new shop")
    expect("writes a new application", newcomer.types("spark new --help"), "the help")


if __name__ == "__main__":
    main([printed_commands_work, what_is_there_is_left_alone, wrong_names_are_explained, a_new_application_beside_another], Newcomer(*sys.argv[2:6]))
