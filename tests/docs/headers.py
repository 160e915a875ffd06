#!/usr/bin/env python3
# tests/docs/headers.py - the example with which each face begins is a plugin: it compiles as it stands.
"""headers.py COMPILER: takes the indented lines of the comment on top of sdk/include/convene/{routing,service,channel,adapter}.hpp."""
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
FACES = ("routing", "service", "channel", "adapter")


def example(face):
    """The code in the comment before the header's guard."""
    text = (TOP / "sdk/include/convene" / (face + ".hpp")).read_text(encoding="utf-8").split("#pragma once")[0]
    return "\n".join(re.findall(r"^//   (.*)$", text, re.M))


def main(compiler):
    wrong = 0
    for face in FACES:
        code = f'#include "convene/{face}.hpp"\n{example(face)}\n'
        done = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-I", TOP / "sdk/include", "-x", "c++", "-"],
                              input=code, capture_output=True, text=True, check=False)
        if "CONVENE_PLUGIN" not in code or done.returncode != 0:
            wrong += 1
            print(f"sdk/include/convene/{face}.hpp: its example is no plugin:\n{code}\n{done.stderr}")
    print(f"{len(FACES) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
