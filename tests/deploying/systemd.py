"""The unit of docs/guide/deploying.md under systemd itself, as pid 1 of a namespace with this machine's files under an overlay:
it starts, stops within its patience, loses nothing when its master is killed, and does not start again and again with a wrong
configuration. Nothing outside of the namespace is changed.

usage: systemd.py --page FILE --shop SHOP        (as root; packages systemd, util-linux)"""
import argparse
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs"))
from pages import fences  # noqa: E402

PATIENCE = 60
UNIT = "shop-worker.service"

# Mounts belong to this namespace. $1: a folder of ours, $2: the program, $3: the unit.
BOOT = r"""
set -eu
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o lowerdir=/,upperdir="$1/upper",workdir="$1/work" "$1/root"
cd "$1/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/shm dev/old
for device in null zero full random urandom tty; do touch dev/$device; mount --bind /dev/$device dev/$device; done
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mkdir -p opt/shop srv/shop old
cp "$2" opt/shop/shop
chmod 755 opt/shop/shop
echo 'shop:x:4711:4711::/srv/shop:/usr/sbin/nologin' >> etc/passwd
echo 'shop:x:4711:' >> etc/group
chown 4711:4711 srv/shop
rm -rf lib/systemd/system/*.wants etc/systemd/system/*.wants lib/systemd/system-generators etc/fstab
cp "$3" etc/systemd/system/shop-worker.service
mkdir etc/systemd/system/shop-worker.service.d
printf '[Service]\nStandardError=append:/srv/shop/worker.log\n' > etc/systemd/system/shop-worker.service.d/log.conf
printf '[Unit]\nDefaultDependencies=no\n' > etc/systemd/system/test.target
exec unshare --root="$1/root" --wd=/ env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=test.target --log-target=null
"""


def fail(text):
    raise SystemExit(text)


class Machine:
    """systemd, and what runs under it."""

    def __init__(self, shop, unit, folder):
        self.cgroup = self.own_cgroup()
        self.log = open(os.path.join(folder, "boot.log"), "w+")
        command = ["unshare", "--fork", "--pid", "--mount", "--uts", "--ipc", "--net", "--cgroup", "--kill-child", "--propagation", "private",
                   "bash", "-c", BOOT, "boot", os.path.join(folder, "machine"), shop, unit]
        os.mkdir(os.path.join(folder, "machine"))
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, preexec_fn=self.enter_cgroup)
        self.init = self.wait(self.find_init, "systemd to start")
        self.wait(lambda: self.ctl("is-system-running", check=False).strip() in ("running", "degraded"), "systemd to be ready")

    @staticmethod
    def own_cgroup():
        with open("/proc/self/mountinfo") as file:
            mounts = [line.split() for line in file if " - cgroup2 " in line]
        if not mounts:
            fail("this machine has no cgroup 2 mounted; systemd cannot run")
        path = os.path.join(mounts[0][4], f"spark-systemd-test-{os.getpid()}")
        os.mkdir(path)
        return path

    def enter_cgroup(self):
        with open(os.path.join(self.cgroup, "cgroup.procs"), "w") as file:
            file.write(str(os.getpid()))
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG

    def find_init(self):
        if self.process.poll() is not None:
            self.log.seek(0)
            fail("the namespace could not be made:\n" + self.log.read())
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
            children = file.read().split()
        if not children:
            return None
        try:
            with open(f"/proc/{children[0]}/comm") as file:
                return int(children[0]) if file.read().strip() == "systemd" else None
        except FileNotFoundError:
            return None

    def wait(self, condition, what):
        until = time.monotonic() + PATIENCE
        while not (result := condition()):
            if time.monotonic() > until:
                fail(f"waited in vain for {what}\n{self.read('/srv/shop/worker.log')}")
            time.sleep(0.05)
        return result

    def inside(self, *words, check=True):
        done = subprocess.run(["nsenter", f"--target={self.init}", "--mount", "--pid", "--uts", "--ipc", "--net", "--root", "--wd", *words],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=2 * PATIENCE)
        if check and done.returncode != 0:
            fail(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}")
        return done.stdout

    def ctl(self, *words, check=True):
        return self.inside("systemctl", *words, check=check)

    def as_shop(self, *words):
        return self.inside("setpriv", "--reuid=shop", "--regid=shop", "--clear-groups", "sh", "-c", 'cd /srv/shop && exec /opt/shop/shop "$@"', "sh", *words)

    def show(self, name):
        return self.ctl("show", UNIT, "--value", "--property", name).strip()

    def read(self, path):
        try:
            with open(f"/proc/{self.init}/root{path}", errors="replace") as file:
                return file.read()
        except (OSError, AttributeError):
            return ""

    def processes(self):
        path = os.path.join(self.cgroup, "system.slice", UNIT, "cgroup.procs")
        try:
            with open(path) as file:
                return file.read().split()
        except FileNotFoundError:
            return []

    def jobs(self, state):
        return json.loads(self.as_shop("job:list", "--state", state, "--json"))["jobs"]

    def says(self, text):
        self.wait(lambda: text in self.read("/srv/shop/worker.log"), f"'{text}' in the log")

    def end(self):
        self.process.kill()
        self.process.wait()
        for _ in range(100):
            try:
                for folder, _, _ in os.walk(self.cgroup, topdown=False):
                    os.rmdir(folder)
                return
            except OSError:
                time.sleep(0.05)


def expect(condition, what):
    if not condition:
        fail("wrong: " + what)
    print("ok: " + what)


def starts_and_runs(machine):
    machine.as_shop("order")
    machine.ctl("start", UNIT)
    machine.says("invoice for order 7 sent")
    expect(len(machine.processes()) == 6, "a master, four children and a keeper run as the user shop")


def stops(machine):
    machine.as_shop("job:push", "BuildReport", "--args", '{"pages":3000}')   # five minutes; gives itself back at the stop
    machine.wait(lambda: machine.jobs("running"), "a running job")
    began = time.monotonic()
    machine.ctl("stop", UNIT)
    expect(time.monotonic() - began < 25, "systemctl stop takes less than the patience with running jobs")
    expect(machine.show("Result") == "success" and machine.processes() == [], "it ended by itself, and no process is left")
    expect(len(machine.jobs("available")) == 1, "the job that was running waits again")


def is_killed(machine):
    machine.ctl("start", UNIT)
    machine.wait(lambda: machine.jobs("running"), "the job to run again")
    first = machine.show("MainPID")
    machine.ctl("kill", "--kill-who=main", "--signal=KILL", UNIT)
    machine.wait(lambda: machine.show("MainPID") not in ("0", first), "another master")
    machine.wait(lambda: machine.jobs("running"), "the job to run a third time")
    expect(machine.show("NRestarts") == "1", "a master that is killed is started again, and takes up its jobs")


def is_misconfigured(machine):
    machine.ctl("stop", UNIT)
    with open(f"/proc/{machine.init}/root/srv/shop/spark.toml", "w") as file:
        file.write("[worker]\nconcurency = 4\n")
    machine.ctl("start", UNIT, check=False)
    machine.wait(lambda: machine.show("ActiveState") == "failed", "the unit to fail")
    expect("did you mean concurrency?" in machine.read("/srv/shop/worker.log"), "a wrong configuration is said in the log")
    expect(machine.show("ExecMainStatus") == "2" and machine.show("SubState") == "failed", "and is not tried again and again")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--page", required=True)
    parser.add_argument("--shop", required=True)
    options = parser.parse_args()
    for program in ("systemd-analyze", "nsenter", "unshare", "setpriv"):
        if shutil.which(program) is None:
            fail(f"{program} is not installed; packaging/debian-packages.txt names its package")
    if os.geteuid() != 0:
        fail("this test makes namespaces and mounts, and must run as root")
    with tempfile.TemporaryDirectory(prefix="spark-systemd-") as folder:
        unit = os.path.join(folder, UNIT)
        with open(unit, "w") as file:
            file.write(next((fence.text for fence in fences(options.page) if fence.note("file") == UNIT), None) or fail(f"{options.page} has no {UNIT}"))
        machine = Machine(options.shop, unit, folder)
        try:
            said = machine.inside("systemd-analyze", "verify", "/etc/systemd/system/" + UNIT, check=False)
            expect(UNIT not in said, "systemd-analyze verify finds nothing to say")
            for step in (starts_and_runs, stops, is_killed, is_misconfigured):
                step(machine)
        finally:
            machine.end()


main()
