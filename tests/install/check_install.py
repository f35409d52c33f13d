"""An installed kue and spark as users find them: by find_package, by pkg-config, moved elsewhere.

usage: check_install.py CASE SOURCE BUILD WORK CCACHE

CASE is a function below. BUILD is the build tree that is installed, WORK a folder for prefix and consumers, CCACHE the compiler cache or empty."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request

from consumer import PATIENCE, Consumer, Failed, Running, expect, fresh, main, run

HERE = os.path.dirname(os.path.abspath(__file__))


class House:
    def __init__(self, source, build, work, ccache):
        self.source, self.build, self.work, self.ccache = source, build, work, ccache
        self.prefix = os.path.join(work, "prefix")

    def consumer(self, project, name=None, prefix=None, **settings):
        """A project of the folder consumers, against the installed prefix."""
        return Consumer(os.path.join(HERE, "consumers", project), os.path.join(self.work, name or project), self.ccache,
                        CMAKE_PREFIX_PATH=prefix or self.prefix, **settings)


def prefix_is_installed(house):
    fresh(house.prefix)
    run(["cmake", "--install", house.build, "--prefix", house.prefix], house.work)
    for file in ("bin/spark", "include/kue/kue.hpp", "include/spark/spark.hpp"):
        if not os.path.exists(os.path.join(house.prefix, file)):
            raise Failed(f"{file} is not installed")


def find_package_kue(house):
    said = house.consumer("kue_only").compile().run()
    expect('"welcomed Ada", 1 letter', said, "what the program says")


def find_package_kue_testing(house):
    said = house.consumer("tested_app").compile().run()
    expect('expected one push of Greet {"name":"Bob"}, found none.', said, "what the assertion says")


def jobs_are_worked(program, cwd):
    """Pushes a job with the application's own program, works it, and looks at it in the store."""
    run([program, "greet", "John Doe"], cwd)
    run([program, "queue:worker", "--stop-when-empty"], cwd)
    jobs = json.loads(run([program, "job:list", "--json"], cwd))["jobs"]
    if [(job["kind"], job["state"]) for job in jobs] != [("HelloWorldJob", "completed")]:
        raise Failed(f"the job was not worked: {jobs}")


def find_package_spark(house):
    consumer = house.consumer("spark_app").compile()
    jobs_are_worked(os.path.join(consumer.build, "consumer"), consumer.build)


def shop_takes_an_order(program, cwd):
    """A request that pushes a job over a real socket, then a worker."""
    name = os.path.basename(program)
    with Running(f"{program} server", cwd, dict(os.environ), os.path.join(cwd, f"{name}.log")) as serving:
        serving.wait_for("serving at port ")
        port = re.search(r"serving at port (\d+)", serving.said()).group(1)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/orders", data=b"7", timeout=PATIENCE) as answer:
            job_id = answer.read().decode()
    run([program, "queue:worker", "--stop-when-empty"], cwd)
    jobs = json.loads(run([program, "job:list", "--json"], cwd))["jobs"]
    if (job_id, "SendInvoice", "completed") not in [(job["id"], job["kind"], job["state"]) for job in jobs]:
        raise Failed(f"the order's job {job_id} was not worked: {jobs}")


SHOPS = {"shop_httplib": "spark-httplib", "shop_beast": "spark-beast"}


def find_package_adapters(house):
    consumer = house.consumer("web").compile()
    for shop in SHOPS:
        shop_takes_an_order(os.path.join(consumer.build, shop), consumer.build)


def a_missing_framework_is_named(house):
    """Who needs an adapter is told what to install; who does not is not stopped."""
    nothing = f"PKG_CONFIG_LIBDIR={fresh(os.path.join(house.work, 'no_packages'))}"
    for project, code, wanted in (("web", 1, "libcpp-httplib-dev"), ("spark_app", 0, "Build files have been written")):
        folder = fresh(os.path.join(house.work, f"without_{project}"))
        said = run(["sh", "-c", f"{nothing} cmake -S {HERE}/consumers/{project} -B . -G Ninja -DCMAKE_PREFIX_PATH={house.prefix} 2>&1"], folder, code=code)
        expect(wanted, said, "what cmake says without cpp-httplib")


def adapters_by_pkg_config(house):
    web = os.path.join(HERE, "consumers", "web")
    folder = fresh(os.path.join(house.work, "plain_web"))
    env = {"PKG_CONFIG_PATH": f"{house.prefix}/lib/pkgconfig", "CCACHE_BASEDIR": house.source}
    for shop, package in SHOPS.items():
        run(["sh", "-c", f"{house.ccache} g++ -std=c++20 -c {web}/{shop}.cpp -o {shop}.o $(pkg-config --cflags {package})"
                         f" && g++ {shop}.o -o {shop} $(pkg-config --libs {package}) -Wl,-rpath,{house.prefix}/lib"], folder, env)
        shop_takes_an_order(os.path.join(folder, shop), folder)


def test_kit_by_pkg_config(house):
    folder = fresh(os.path.join(house.work, "plain_tested"))
    env = {"PKG_CONFIG_PATH": f"{house.prefix}/lib/pkgconfig", "CCACHE_BASEDIR": house.source}
    run(["sh", "-c", f"{house.ccache} g++ -std=c++20 -c {HERE}/consumers/tested_app/main.cpp -o tested.o $(pkg-config --cflags spark kue-testing)"
                     f" && g++ tested.o -o tested $(pkg-config --libs spark kue-testing) -Wl,-rpath,{house.prefix}/lib"], folder, env)
    expect("found none.", run([os.path.join(folder, "tested")], folder), "what the assertion says")


def installed_headers(house):
    """Of the prefix: names below include."""
    include = os.path.join(house.prefix, "include")
    return sorted(os.path.relpath(os.path.join(at, name), include) for at, _, names in os.walk(include) for name in names)


# What a header may ask for that is not ours: the opt-in ones say so in their first lines.
OPT_IN = {"kue/sqlite.hpp": "sqlite3", "kue/testing/gmock.hpp": "gmock", "kue/testing/conformance.hpp": "gtest", "kue/log/spdlog_sink.hpp": "spdlog", "spark/log/spdlog_sink.hpp": "spdlog",
          "spark/http/httplib.hpp": "httplib", "spark/http/beast.hpp": "boost"}


def headers_need_nothing_but_fmt(house):
    """One file that includes every installed header but the opt-in ones: what else of the system does the compiler read?"""
    plain = [header for header in installed_headers(house) if header not in OPT_IN]
    folder = fresh(os.path.join(house.work, "headers"))
    with open(os.path.join(folder, "all.cpp"), "w", encoding="utf-8") as file:
        file.write("".join(f"#include <{header}>\n" for header in plain))
    read = run(["g++", "-std=c++20", "-M", "-I", f"{house.prefix}/include", "all.cpp"], folder)
    asked = {name for name in ("gtest", "gmock", "spdlog", "httplib", "boost", "toml++", "CLI", "sqlite3", "hiredis") if re.search(rf"/include/{re.escape(name)}[/.]", read)}
    if asked or len(plain) < 30 or f"{house.prefix}/include/kue/testing/test_queue.hpp" not in read or "/fmt/core.h" not in read:
        raise Failed(f"{len(plain)} headers ask for {asked}, or were not read:\n{read[:2000]}")


def headers_compile_alone(house):
    """Each header of the prefix by itself, as a user's file begins with it, with the warnings that the house itself is compiled with."""
    folder = fresh(os.path.join(house.work, "alone"))
    env = {"CCACHE_BASEDIR": house.source}
    warnings = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
    headers = [header for header in installed_headers(house) if "/detail/" not in header]  # those are parts of one header
    for header in headers:
        file = header.replace("/", "_").replace(".hpp", ".cpp")
        with open(os.path.join(folder, file), "w", encoding="utf-8") as out:
            out.write(f"#include <{header}>\n")
        run(["sh", "-c", f"{house.ccache} g++ -std=c++20 {warnings} -c {file} -o {file}.o -I{house.prefix}/include $(pkg-config --cflags cpp-httplib)"], folder, env)
    if not set(OPT_IN) <= set(headers):
        raise Failed(f"not among the installed headers: {set(OPT_IN) - set(headers)}")


def documentation_is_installed(prefix, zsh_folder, work, suffix=""):
    """Manual pages without a fault, and completions where each shell looks by itself."""
    env = {"PATH": f"{prefix}/bin:{os.environ['PATH']}", "HOME": work, "XDG_DATA_DIRS": f"{prefix}/share:/usr/share", "MANWIDTH": "200", "LC_ALL": "C.UTF-8"}
    for program in ("spark", "kue-checker"):
        page = f"{prefix}/share/man/man1/{program}.1{suffix}"
        run(["mandoc", "-T", "lint", "-W", "warning", page], work)
        said = subprocess.run(["man", "--warnings", "-l", page], cwd=work, env={**os.environ, **env}, capture_output=True, text=True, check=False, timeout=PATIENCE)
        if said.returncode != 0 or said.stderr:
            raise Failed(f"man --warnings on {page} says:\n{said.stderr}")
        shown = re.sub(".\b", "", said.stdout)
        for option in re.findall(r"^  (--?[a-z-]+|[a-z]+:[a-z]+)", run([f"{prefix}/bin/{program}", "--help"], work, env), re.M):
            expect(option, shown, f"the manual page of {program}")
    said = run(["bash", "--norc", "-c", f"source {prefix}/share/bash-completion/completions/spark; complete -p spark"], work, env)
    expect("-F _spark_complete spark", said, "bash")
    said = run(["bash", "--norc", "-c", "source /usr/share/bash-completion/bash_completion; _completion_loader spark; complete -p spark"], work, env)
    expect("-F _spark_complete spark", said, "bash by itself")
    said = run(["zsh", "-f", "-c", f"fpath=({prefix}/share/zsh/{zsh_folder} $fpath); autoload -Uz compinit && compinit -u -D && print $_comps[spark]"], work, env)
    expect("_spark\n", said, "what completes spark in zsh")
    said = run(["fish", "-c", "complete -C 'spark store:mi'"], work, env)
    expect("store:migrate", said, "what fish completes")


def manual_and_completions(house):
    documentation_is_installed(house.prefix, "site-functions", fresh(os.path.join(house.work, "shells")))


OURS = re.compile(r"(?:(?:vtable|VTT|typeinfo|typeinfo name|guard variable) for |(?:non-)?virtual thunk to )?(?:kue|spark)::")


def only_our_names_are_shown(house):
    """Names of a library inside ours (Boost.JSON, toml++) would meet the user's own copy of it."""
    for library in ("libkue.so", "libspark.so"):
        lines = run(["nm", "-DC", "--defined-only", os.path.join(house.prefix, "lib", library)], house.work).splitlines()
        names = [line.split(" ", 2)[2] for line in lines]
        strangers = [name for name in names if not OURS.match(name)]
        if strangers or not names:
            raise Failed(f"{library} shows {len(names)} names, and among them: {strangers[:20]}")


def names_of_the_libraries_follow_the_rule(house):
    """The SONAME, the package and what the documentation says of both: docs/packaging.md."""
    version = re.search(r"project\(spark VERSION (\d+)\.(\d+)\.\d+ ", read(house, "CMakeLists.txt"))
    series = ".".join(version.groups())
    for library in ("libkue.so", "libspark.so"):
        expect(f"[{library}.{series}]", run(["readelf", "-d", os.path.join(house.prefix, "lib", library)], house.work), f"what {library} calls itself")
        expect(f"`{library}.{series}`", read(house, "docs", "guide", "installing.md"), "the guide")
        expect(f"`{library}.{series}`", read(house, "docs", "packaging.md"), "the rule")
    expect(f'SERIES = "{series}"', read(house, "tests", "install", "check_packages.py"), "the test of the packages")
    expect(f"\n## {series}.", read(house, "CHANGELOG.md"), "the changelog")
    expect(f"COPY libspark{series}*.deb", read(house, "docs", "guide", "deploying.md"), "the guide")


def plain_compiler_by_pkg_config(house):
    """Without CMake, and with the installed tree moved: nothing in it may hold the place where it was installed."""
    moved = os.path.join(house.work, "moved", "prefix")
    fresh(os.path.dirname(moved))
    shutil.copytree(house.prefix, moved, symlinks=True)
    held = [file for file in text_files(moved) if house.prefix in open(file, encoding="utf-8").read()]
    if held:
        raise Failed(f"these hold {house.prefix}: {held}")
    env = {"PKG_CONFIG_PATH": f"{moved}/lib/pkgconfig", "CCACHE_BASEDIR": house.source}
    source = os.path.join(HERE, "consumers", "spark_app", "main.cpp")
    folder = os.path.dirname(moved)
    line = f"{house.ccache} g++ -std=c++20 -c {source} -o main.o $(pkg-config --cflags spark) && g++ main.o -o app $(pkg-config --libs spark)"
    run(["sh", "-c", line], folder, env)
    # Those who do not want to set this run ldconfig, or install into /usr.
    os.environ["LD_LIBRARY_PATH"] = f"{moved}/lib"
    jobs_are_worked(os.path.join(folder, "app"), folder)
    del os.environ["LD_LIBRARY_PATH"]
    expect("spark 0", run([f"{moved}/bin/spark", "version"], folder), "the moved program")
    if run(["pkg-config", "--modversion", "kue"], folder, env) != run(["pkg-config", "--modversion", "spark"], folder, env):
        raise Failed("kue and spark differ in version")


def text_files(folder):
    for at, _, names in os.walk(folder):
        yield from (os.path.join(at, name) for name in names if name.endswith((".cmake", ".pc", ".hpp")))


def a_strangers_store_against_the_suite(house):
    said = house.consumer("stranger_store").compile().run()
    if not re.search(r"\[  PASSED  \] \d\d+ tests", said) or "FAILED" in said:
        raise Failed(f"the suite says:\n{said[-3000:]}")


def boost_json_of_the_users_own(house):
    house.consumer("boost_json").compile().run()


def inside(house, project):
    """A project that builds spark as a part of itself. It stands beside BUILD and compiles as BUILD does, so that ccache has the objects."""
    return Consumer(os.path.join(HERE, "consumers", project), f"{house.build}-{project}", house.ccache, SPARK_SOURCE=house.source,
                    CMAKE_BUILD_TYPE="Debug", CMAKE_CXX_FLAGS_DEBUG="-O1 -g1")


def add_subdirectory(house):
    consumer = inside(house, "subproject").compile()
    jobs_are_worked(os.path.join(consumer.build, "consumer"), consumer.build)
    expect('"welcomed Ada", 1 letter', consumer.run(program="kue_alone"), "the program with kue alone")
    expect("found none.", consumer.run(program="tested_app"), "the tested program")
    for shop in SHOPS:
        shop_takes_an_order(os.path.join(consumer.build, shop), fresh(os.path.join(consumer.build, f"at_{shop}")))
    prefix = fresh(os.path.join(house.work, "subproject-prefix"))
    run(["cmake", "--install", consumer.build, "--prefix", prefix], house.work)
    installed = [os.path.join(at, name) for at, _, names in os.walk(prefix) for name in names]
    if installed != [os.path.join(prefix, "bin", "consumer")]:
        raise Failed(f"spark adds to what its user's project installs: {installed}")


def fetch_content(house):
    """Static, with a Boost.JSON of the user's own beside ours."""
    expect('"welcomed Ada", 1 letter', inside(house, "fetch_content").compile("consumer").run(), "what the program says")


def read(house, *path):
    with open(os.path.join(house.source, *path), encoding="utf-8") as file:
        return file.read()


def guide_shows_what_is_tested(house):
    """Each CMake snippet of the guide is a part of a project here."""
    guide = open(os.path.join(house.source, "docs", "guide", "installing.md"), encoding="utf-8").read()
    snippets = re.findall(r"^```cmake\n(.*?)^```$", guide, re.M | re.S)
    projects = [open(file, encoding="utf-8").read() for file in glob.glob(os.path.join(HERE, "consumers", "*", "CMakeLists.txt"))]
    untested = [snippet for snippet in snippets if not any(snippet in project for project in projects)]
    if untested or len(snippets) < 3:
        raise Failed(f"of {len(snippets)} snippets of the guide no project here holds: {untested}")


if __name__ == "__main__":
    main([prefix_is_installed, find_package_kue, find_package_spark, find_package_kue_testing, find_package_adapters, a_missing_framework_is_named,
          headers_need_nothing_but_fmt, headers_compile_alone, manual_and_completions, only_our_names_are_shown,
          names_of_the_libraries_follow_the_rule, guide_shows_what_is_tested,
          plain_compiler_by_pkg_config, adapters_by_pkg_config, test_kit_by_pkg_config, a_strangers_store_against_the_suite, boost_json_of_the_users_own,
          add_subdirectory, fetch_content], House(*sys.argv[2:6]))
