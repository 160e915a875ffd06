# tests/tidy/formatted.py - whether `./dev format` would change anything that is committed.
import subprocess
import sys


def main(root):
    names = subprocess.run(["git", "-C", root, "ls-files", "*.h", "*.hpp", "*.cpp", "*.c"],
                           capture_output=True, text=True, check=True).stdout.split()
    ran = subprocess.run(["clang-format", "--dry-run", "--ferror-limit=1", "-Werror", *names],
                         cwd=root, capture_output=True, text=True)
    found = [line.split(" error: ")[0] for line in ran.stderr.splitlines() if " error: " in line]
    for place in found:
        print(f"{place} is not formatted: run ./dev format [formatted]")
    if ran.returncode and not found:
        print(ran.stderr)
    print(f"formatted: {len(names)} files, {len(found)} findings")
    return 1 if found or ran.returncode else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
