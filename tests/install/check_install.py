"""An installed kue and spark as users find them: by find_package, by pkg-config, moved elsewhere.

usage: check_install.py CASE SOURCE BUILD WORK CCACHE

CASE is a function below. BUILD is the build tree that is installed, WORK a folder for prefix and consumers, CCACHE the compiler cache or empty."""
import json
import os
import re
import shutil
import subprocess
import sys

from consumer import Consumer, Failed, expect, fresh, main, run

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


OURS = re.compile(r"(?:(?:vtable|VTT|typeinfo|typeinfo name|guard variable) for |(?:non-)?virtual thunk to )?(?:kue|spark)::")


def only_our_names_are_shown(house):
    """Names of a library inside ours (Boost.JSON, toml++) would meet the user's own copy of it."""
    for library in ("libkue.so", "libspark.so"):
        lines = run(["nm", "-DC", "--defined-only", os.path.join(house.prefix, "lib", library)], house.work).splitlines()
        names = [line.split(" ", 2)[2] for line in lines]
        strangers = [name for name in names if not OURS.match(name)]
        if strangers or not names:
            raise Failed(f"{library} shows {len(names)} names, and among them: {strangers[:20]}")


if __name__ == "__main__":
    main([prefix_is_installed, find_package_kue, find_package_spark, find_package_kue_testing, only_our_names_are_shown], House(*sys.argv[2:6]))
