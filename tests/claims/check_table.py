#!/usr/bin/env python3
# tests/claims/check_table.py - every test that the table of claims names exists in the sources, and no claim is missing.
"""usage: check_table.py REPOSITORY"""
import pathlib
import re
import sys

EXPECTED = {1, 2, 4, 5, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 29}
LATER = {3, 6, 7, 8, 17, 27}


def tests_in(root):
    """All "Suite.Name" of the GoogleTest sources, and all names of the browser's tests."""
    found = set()
    for path in root.rglob("*"):
        if any(part in ("build", "node_modules", ".git", "dist") for part in path.parts) or not path.is_file():
            continue
        if path.suffix in (".cpp", ".hpp") and "test" in str(path):
            for suite, name in re.findall(r"\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", path.read_text(errors="replace")):
                found.add(f"{suite}.{name}")
        elif path.suffix in (".mjs", ".js", ".ts") and "e2e" in path.parts:
            found.add(str(path.relative_to(root)))
    return found


def main():
    root = pathlib.Path(sys.argv[1])
    table = (root / "tests/claims/README.md").read_text()
    known = tests_in(root)
    problems = []
    rows = {}
    for line in table.splitlines():
        row = re.match(r"\| (\d+) \|", line)
        if row:
            rows[int(row.group(1))] = re.findall(r"`((?:\w+\.\w+)|(?:tests/e2e/[\w./-]+))`", line)
    for number in sorted((EXPECTED | LATER) - rows.keys()):
        problems.append(f"claim {number} has no row")
    for number in sorted(EXPECTED & rows.keys()):
        if not any(name.startswith(f"Claim{number:02}.") for name in rows[number]):
            problems.append(f"claim {number} names no test Claim{number:02}.*")
    for number, names in sorted(rows.items()):
        for name in names:
            if name.split(".")[0].startswith(("Claim", "tests")) and name not in known:
                problems.append(f"claim {number} names {name}, which is nowhere")
    unnamed = sorted(n for n in known if re.match(r"Claim\d\d\.", n) and not any(n in names for names in rows.values()))
    for name in unnamed:
        print(f"not in the table yet: {name}")
    for problem in problems:
        print(f"tests/claims/README.md: {problem}")
    print(f"{len(rows)} claims, {sum(map(len, rows.values()))} tests named, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
