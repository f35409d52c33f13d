"""Runs a test program of another framework: its cases named "holds" pass, the one named "fails" fails with the kit's text.

usage: check_kit.py PROGRAM"""
import subprocess
import sys

doctest = "doctest" in sys.argv[1]


def run(pattern):
    ran = subprocess.run([sys.argv[1], f"--test-case={pattern}"] if doctest else [sys.argv[1], pattern], capture_output=True, text=True, timeout=100, check=False)
    return ran.returncode, ran.stdout + ran.stderr


code, said = run("holds*")
if code != 0 or "2" not in said:
    sys.exit(f"the cases that hold ended with {code}:\n{said}")
code, said = run("fails*")
words = " ".join(said.split())  # frameworks break long lines
for text in ("cases.hpp:", 'expected one push of SendInvoice {"order":8}, found none.', 'other arguments: SendInvoice {"order":7} on queue billing, delay 300 s'):
    if code == 0 or text not in words:
        sys.exit(f"the case that fails ended with {code} and does not say {text!r}:\n{said}")
print("passes and fails as it should")
