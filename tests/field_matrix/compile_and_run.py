"""Compiles one source with one compiler and runs it. usage: compile_and_run.py COMPILER PROGRAM SOURCE FLAG..."""
import shutil
import subprocess
import sys


def main():
    compiler, program, source, *flags = sys.argv[1:]
    if shutil.which(compiler) is None:
        sys.exit(f"{compiler} is not installed; packaging/debian-packages.txt names it")
    subprocess.run([compiler, source, "-o", program, *flags], check=True)
    sys.exit(subprocess.run([program], check=False).returncode)


main()
