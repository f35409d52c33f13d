"""The Debian packages: made, installed, used and purged. In a copy of this machine's root that vanishes at the end: an overlay
in a mount namespace of its own, so that it is the real dpkg, /usr and ldconfig, and the machine keeps nothing of it.

usage: check_packages.py CASE SOURCE BUILD WORK CCACHE     (as root)"""
import glob
import json
import os
import subprocess
import sys

from check_install import documentation_is_installed, jobs_are_worked
from consumer import Consumer, Failed, expect, fresh, main, run

HERE = os.path.dirname(os.path.abspath(__file__))
SERIES = "0.2"  # spelled out: the rule is in docs/packaging.md
PACKAGES = (f"libspark{SERIES}", "libspark-dev", "spark-tools")


def make_packages(source, build, ccache):
    """Beside BUILD and compiled as BUILD is, so that ccache has the objects; ./dev package makes the real ones, in release."""
    made = Consumer(source, f"{build}-packages", ccache, CMAKE_BUILD_TYPE="Debug", CMAKE_CXX_FLAGS_DEBUG="-O1 -g1", CMAKE_INSTALL_PREFIX="/usr",
                    SPARK_TESTS="OFF", SPARK_EXAMPLES="OFF").compile()
    run(["cpack", "--config", os.path.join(made.build, "CPackConfig.cmake")], made.build)
    debs = sorted(glob.glob(os.path.join(made.build, "*.deb")))
    if len(debs) != len(PACKAGES):
        raise Failed(f"cpack made {debs}")
    return debs


def packages_install_work_and_purge(source, build, work, ccache):
    debs = make_packages(source, build, ccache)
    for deb in debs:
        depends = run(["dpkg-deb", "--field", deb, "Package", "Depends"], work)
        for wanted in {"libspark0": ("libsqlite3-0", "libfmt9", "libc6", "libstdc++6"), "libspark-": (f"libspark{SERIES} (= ", "libfmt-dev"),
                       "spark-too": (f"libspark{SERIES} (= ", "libc6")}[os.path.basename(deb)[:9]]:
            expect(wanted, depends, f"what {os.path.basename(deb)} depends on")
    top = fresh(os.path.join(work, "root"))
    runtime_says_which_version_programs_need(debs[0] if PACKAGES[0] in debs[0] else debs[1], work)
    # CPack itself writes the two scripts that call ldconfig; everything else that lintian says is an error of ours.
    run(["lintian", "--allow-root", "--fail-on", "error,warning", "--suppress-tags", "maintscript-calls-ldconfig", *debs], work)
    command = ["unshare", "--mount", "--propagation", "private", sys.executable, os.path.abspath(__file__), "in_a_root_of_its_own", source, build, top, ccache]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200)
    if said.returncode != 0:
        raise Failed(f"in the throw-away root:\n{said.stdout}\n{said.stderr}\n(unshare and mount need root)")


def runtime_says_which_version_programs_need(deb, work):
    """The file shlibs: what dpkg-shlibdeps writes into the Depends of a user's own package."""
    control = fresh(os.path.join(work, "control"))
    run(["dpkg-deb", "--control", deb, control], work)
    shlibs = open(os.path.join(control, "shlibs"), encoding="utf-8").read().split("\n")
    version = run(["dpkg-deb", "--field", deb, "Version"], work).strip()
    wanted = {f"{name} {SERIES} libspark{SERIES} (>= {version})" for name in ("libkue", "libspark")}
    if {line for line in shlibs if line} != wanted:
        raise Failed(f"shlibs of {deb} is {shlibs}, not {wanted}")


def in_a_root_of_its_own(source, build, top, ccache):
    """In the mount namespace: the overlay, then everything inside it."""
    root = os.path.join(top, "root")
    run(["mount", "-t", "tmpfs", "spark", top], "/")
    for name in ("changed", "scratch", "root"):
        os.mkdir(os.path.join(top, name))
    run(["mount", "-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={top}/changed,workdir={top}/scratch", root], "/")
    for name in ("proc", "dev"):
        run(["mount", "--rbind", f"/{name}", f"{root}/{name}"], "/")
    debs = [os.path.abspath(deb) for deb in glob.glob(f"{build}-packages/*.deb")]
    os.chroot(root)
    os.chdir("/")
    before = files()
    # Images of containers leave manual pages out; here they are looked at.
    run(["dpkg", "--path-include=/usr/share/man/*", "--path-include=/usr/share/doc/*", "--install", *debs], "/", timeout=300)
    use_them(ccache)
    run(["dpkg", "--purge", *PACKAGES], "/", timeout=300)
    left = sorted(set(files()) ^ set(before))
    if left:
        raise Failed(f"after the purge these are new or gone: {left}")


def use_them(ccache):
    """As a user on this machine: no path is named anywhere."""
    os.makedirs("/tmp/user")
    os.chdir("/tmp/user")
    program = Consumer(os.path.join(HERE, "consumers", "spark_app"), "/tmp/user/build", ccache).compile()
    jobs_are_worked(os.path.join(program.build, "consumer"), "/tmp/user")
    # ldd names the folder as the loader's cache does, /lib, which is a link to /usr/lib.
    library = run(["ldd", os.path.join(program.build, "consumer")], "/").partition(f"libkue.so.{SERIES} => ")[2].split(" ")[0]
    if not os.path.realpath(library).startswith("/usr/lib/"):
        raise Failed("the program does not use the package's library")
    run(["sh", "-c", f"g++ -std=c++20 {HERE}/consumers/spark_app/main.cpp -o plain $(pkg-config --cflags --libs spark)"], "/tmp/user")
    expect("queue:worker", run(["/tmp/user/plain", "help"], "/tmp/user"), "the program built by pkg-config")
    new_project(ccache)
    documentation_is_installed("/usr", "vendor-completions", "/tmp/user", ".gz")
    expect("--store URL", run(["kue-checker", "--help"], "/tmp/user"), "kue-checker")
    expect("HelloWorldJob", run(["spark", "job:list", "--store", "sqlite:/tmp/user/spark.db"], "/tmp/user"), "spark job:list")


def new_project(ccache):
    """As the getting-started page says, with nothing but the packages."""
    env = {"CMAKE_CXX_COMPILER_LAUNCHER": ccache, "CMAKE_BUILD_PARALLEL_LEVEL": "2"} if ccache else {}
    expect("Made", run(["spark", "new", "shop"], "/tmp/user"), "spark new")
    run(["sh", "-c", "cmake -B build && cmake --build build"], "/tmp/user/shop", env)
    expect("100% tests passed", run(["ctest", "--test-dir", "build"], "/tmp/user/shop"), "the project's own test")
    run(["spark", "job:push", "Greet", "--args", '{"name":"Ada"}'], "/tmp/user/shop")
    run(["spark", "queue:worker", "--stop-when-empty"], "/tmp/user/shop")
    (job,) = json.loads(run(["spark", "job:list", "--json"], "/tmp/user/shop"))["jobs"]
    if (job["state"], job["result"]) != ("completed", "Hello Ada!"):
        raise Failed(f"the new project's job is {job}")


def files():
    """Every file of the system's folders, except what dpkg and ldconfig rewrite for themselves."""
    own = ("/var/lib/dpkg/", "/var/log/", "/var/cache/ldconfig/", "/etc/ld.so.cache")
    return [os.path.join(at, name) for top in ("/usr", "/etc", "/var", "/opt") for at, folders, names in os.walk(top) for name in folders + names
            if not os.path.join(at, name).startswith(own)]


if __name__ == "__main__":
    main([packages_install_work_and_purge, in_a_root_of_its_own], *sys.argv[2:6])
