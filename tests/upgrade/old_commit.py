"""Programs of the commit that wrote schema 4, built from git."""
import os
import subprocess

COMMIT = "20fddda7080090b9277691717c5cf046f46b34de"
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))


def full_commit():
    said = subprocess.run(["git", "-C", SOURCE, "rev-parse", "--verify", "--quiet", COMMIT + "^{commit}"],
                          capture_output=True, text=True, check=False)
    return said.stdout.strip()


def programs(folder):
    return os.path.join(folder, COMMIT[:7], "build", "dev", "bin")


def build(folder, targets, jobs=1):
    """Checks the commit out into FOLDER and builds; the folder of its programs. What is there already is kept."""
    checkout = os.path.join(folder, COMMIT[:7])
    if not os.path.exists(os.path.join(checkout, "CMakeLists.txt")):
        os.makedirs(checkout, exist_ok=True)
        archive = subprocess.Popen(["git", "-C", SOURCE, "archive", full_commit()], stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", checkout], stdin=archive.stdout, check=True, timeout=60)
        if archive.wait(timeout=60) != 0:
            raise RuntimeError("git archive failed")
    # The preset of the tests and its folder below the checkout: ccache has what was compiled there.
    run = {"cwd": checkout, "check": True, "stdout": subprocess.DEVNULL, "timeout": 2400}
    subprocess.run(["cmake", "--preset", "dev", "-DSPARK_TESTS=OFF", "-DSPARK_EXAMPLES=OFF",
                    f"-DCMAKE_PROJECT_spark_INCLUDE={HERE}/old_programs.cmake"], **run)
    subprocess.run(["nice", "-n", "5", "cmake", "--build", "build/dev", "--parallel", str(jobs),
                    "--target", *targets], **run)
    return programs(folder)
