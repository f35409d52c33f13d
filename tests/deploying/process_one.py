"""queue:worker as process 1, as in a container without an init: it takes TERM, ends with 0, leaves nobody behind, and buries what
jobs orphan.

usage: process_one.py --shop SHOP"""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PATIENCE = 60


def wait(condition, what):
    until = time.monotonic() + PATIENCE
    while not (result := condition()):
        if time.monotonic() > until:
            sys.exit(f"waited in vain for {what}")
        time.sleep(0.02)
    return result


def processes_of(namespace):
    """pid -> state of every process in a pid namespace."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{name}/ns/pid").st_ino == namespace:
                with open(f"/proc/{name}/stat") as file:
                    found[int(name)] = file.read().rpartition(")")[2].split()[0]
        except OSError:
            pass
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shop", required=True)
    options = parser.parse_args()
    if shutil.which("unshare") is None:
        sys.exit("unshare is not installed (package util-linux)")
    with tempfile.TemporaryDirectory(prefix="spark-process-one-") as folder, open(os.path.join(folder, "log"), "w+") as log:
        def shop(*words):
            return subprocess.run([options.shop, *words], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=True).stdout

        def said(text):
            with open(log.name) as file:
                return text in file.read()

        shop("job:push", "PrintLabel", "--args", '{"command":"sleep 0.2"}')
        namespace = ["unshare", "--fork", "--pid", "--mount-proc", "--kill-child", *([] if os.geteuid() == 0 else ["--map-root-user"])]
        outer = subprocess.Popen([*namespace, options.shop, "queue:worker", "-c", "2"], cwd=folder, stdout=log, stderr=log)
        try:
            wait(lambda: said("(pid 1)") and said("completed in"), "the worker, which is process 1, to run the job")
            with open(f"/proc/{outer.pid}/task/{outer.pid}/children") as file:
                worker = int(file.read().split()[0])
            inside = os.stat(f"/proc/{worker}/ns/pid").st_ino
            wait(lambda: len(processes_of(inside)) == 4, "the orphan of the job to be buried, so that master, keeper and two children are left")
            shop("job:push", "BuildReport", "--args", '{"pages":3000}')
            wait(lambda: shop("job:list", "--state", "running").count("BuildReport") == 1, "a running job")
            os.kill(worker, signal.SIGTERM)
            code = outer.wait(PATIENCE)
            if code != 0 or processes_of(inside):
                sys.exit(f"exit code {code}, processes left: {processes_of(inside)}")
            if "available" not in shop("job:list", "--kind", "BuildReport"):
                sys.exit("the job that ran was not given back")
        except BaseException:
            with open(log.name) as file:
                print(file.read())
            raise
        finally:
            outer.kill()
            outer.wait()
    print("process 1 took TERM, gave its job back, buried its orphans and ended with 0")


main()
