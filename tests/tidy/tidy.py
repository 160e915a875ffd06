#!/usr/bin/env python3
# tests/tidy/tidy.py - checks every committed file against the rules of the house: `tidy.py SOURCE [BUILD]`.
import glob
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


def core_libraries(build):
    """What the core is built from."""
    return sorted(glob.glob(os.path.join(build, "core", "*", "lib*.a")))


def check_library(library, names):
    """Nor does what is built of it contain a plugin's name (claim 14)."""
    with open(library, "rb") as file:
        content = file.read()
    for name in sorted(names):
        if re.search(rb"(?<![a-z_])" + name.encode() + rb"(?![a-z_])", content):
            yield f"{library}: contains `{name}`: the core knows no plugin by name (claim 14) [library]"


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
    libraries = core_libraries(build) if build else []
    for library in libraries:
        wrong += check_library(library, plugins)
    if libraries:
        print(f"[  FIGURE  ] Claim14: names of {len(plugins)} plugins in {len(libraries)} libraries of the core = "
              f"{sum(line.endswith('[library]') for line in wrong)} (to reach: 0)")
    print("\n".join(wrong))
    print(f"tidy: {checked} files, {len(file_rules)} rules, {len(wrong)} findings")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
