#!/usr/bin/env python3
# tests/tidy/tidy.py - checks every committed file against the rules of the house: `tidy.py SOURCE [BUILD]`.
import os
import re
import subprocess
import sys

import rules

BINARY = (".png", ".svg", ".ico", ".woff2", ".db", ".so", ".bin")


def committed(source):
    listed = subprocess.run(["git", "-C", source, "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode == 0:
        return [name for name in listed.stdout.decode().split("\0") if name]
    found = []  # An unpacked archive: everything but what a build leaves behind.
    for folder, folders, files in os.walk(source):
        folders[:] = [f for f in folders if f not in ("build", "node_modules", ".git", "dist")]
        found += [os.path.relpath(os.path.join(folder, name), source) for name in files]
    return sorted(found)


def read_lines(path):
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        return file.read().splitlines()


def check_file(path, lines, file_rules):
    for rule in file_rules:
        for number, text in rule(path, lines) or ():
            yield f"{path}:{number}: {text} [{rule.__name__}]"


def check_program(program, names):
    """Nor does the built core contain a plugin's name (claim 14)."""
    with open(program, "rb") as file:
        content = file.read()
    for name in sorted(names):
        if re.search(rb"(?<![a-z_])" + name.encode() + rb"(?![a-z_])", content):
            yield f"{program}: contains `{name}`: the core knows no plugin by name (claim 14) [program]"


def main(source, build=None):
    files = committed(source)
    plugins = sorted({f.split("/")[1] for f in files if re.match(r"plugins/\w+_\w+/CMakeLists", f)})
    file_rules = rules.PER_FILE + [rules.plugin_names(plugins)]
    wrong = []
    checked = 0
    for path in files:
        whole = os.path.join(source, path)
        if path.endswith(BINARY) or path.startswith("tests/fuzz/corpus/") or not os.path.isfile(whole):
            continue
        checked += 1
        wrong += check_file(path, read_lines(whole), file_rules)
    program = os.path.join(build, "bin", "convene") if build else ""
    if os.path.exists(program):
        wrong += check_program(program, plugins)
        print(f"[  FIGURE  ] Claim14: plugin names in the core's program = "
              f"{sum('[program]' in line for line in wrong)} of {len(plugins)} (to reach: 0)")
    print("\n".join(wrong))
    print(f"tidy: {checked} files, {len(file_rules)} rules, {len(wrong)} findings")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
