#!/usr/bin/env python3
# tests/docs/run_docs.py - every command that the documentation shows is run, in order, and must say what the page says.
"""run_docs.py BUILD [PAGE...]: installs BUILD into a temporary home as ~/convene, then runs each page in a fresh folder.

In the Markdown: a block ```console holds commands after `$ ` and what they print; `...` stands for anything, in a line or as a
line. With the word `again` its commands are repeated until they say so (something else has to happen first). A block with
`file=NAME` is written into that file, `append` at its end. Commands that cannot be run here stand in ```sh shown: REASON```; blocks of
other kinds are only shown. Commands of one page run in one shell; the port 8080 is replaced by a free one, so that pages can be tested anywhere."""
import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.M | re.S)
PAGES = ["sdk/docs/*.md", "config/docs/*.md"]
COMMAND_S, AGAIN_S = 240, 40


class Wrong(Exception):
    """What a page says is not what happens."""


def blocks(text):
    """(line number, language, words, content) of every fenced block."""
    for match in FENCE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1), match.group(2).split(), match.group(3)


def commands(content):
    """(command, expected lines) pairs of a console block; a command may go on after a backslash."""
    pairs = []
    for line in content.splitlines():
        if line.startswith("$ "):
            pairs.append([line[2:], []])
        elif pairs and pairs[-1][0].endswith("\\") and not pairs[-1][1]:
            pairs[-1][0] += "\n" + line.removeprefix("> ")
        elif pairs:
            pairs[-1][1].append(line)
        else:
            raise Wrong("a console block begins with `$ `")
    return pairs


def says(expected, output):
    """Whether the output is what the page says: its lines in order, with anything where dots stand."""
    if not expected:
        return True
    parts = [r"(?:.*\n)*?" if line.strip() == "..." else
             ".*".join(re.escape(piece) for piece in line.split("...")) + r"\s*\n" for line in expected]
    return re.fullmatch("".join(parts), output if output.endswith("\n") else output + "\n") is not None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Shell:
    """One bash for one page; a mark after every command tells its exit code."""

    def __init__(self, folder, home):
        env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "CMAKE_GENERATOR": "Ninja", "TERM": "dumb",
               "PYTHONDONTWRITEBYTECODE": "1"}
        if shutil.which("ccache"):
            cache = os.environ.get("CCACHE_DIR", str(pathlib.Path.home() / ".cache" / "ccache"))
            env.update(CMAKE_CXX_COMPILER_LAUNCHER="ccache", CMAKE_C_COMPILER_LAUNCHER="ccache", CCACHE_DIR=cache)
        self.bash = subprocess.Popen(["bash", "--norc"], cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, start_new_session=True)
        os.set_blocking(self.bash.stdout.fileno(), False)

    def run(self, command):
        """(exit code, output)"""
        mark = f"@@{time.monotonic_ns()}@@"
        self.bash.stdin.write(f"{command}\nprintf '%s %s\\n' '{mark}' $?\n".encode())
        self.bash.stdin.flush()
        out, until = "", time.monotonic() + COMMAND_S
        while time.monotonic() < until:
            out += self.printed()
            found = re.search(re.escape(mark) + r" (\d+)\n", out)
            if found:
                return int(found.group(1)), out[: found.start()]
            if self.bash.poll() is not None:
                raise Wrong("the shell has ended")
            time.sleep(0.02)
        raise Wrong(f"`{command}` does not end; so far:\n{out[-2000:]}")

    def printed(self):
        """What has come since the last time."""
        try:
            return os.read(self.bash.stdout.fileno(), 1 << 16).decode("utf-8", "replace")
        except BlockingIOError:
            return ""

    def where(self):
        return pathlib.Path(self.run("pwd")[1].strip())

    def end(self):
        """With everything that was started in it."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.bash.pid, number)
                self.bash.wait(5)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass


class Page:
    """One page in one folder."""

    def __init__(self, source, home):
        self.source, self.port = source, str(free_port())
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="page-", dir=home.parent))
        self.shell, self.ran, self.log = Shell(self.folder, home), 0, []

    def run(self):
        try:
            for line, language, words, content in blocks(self.source.read_text(encoding="utf-8")):
                try:
                    self.block(language, words, content)
                except Wrong as wrong:
                    raise Wrong(f"{self.source.relative_to(TOP)}:{line}: {wrong}{self.logs()}") from None
        finally:
            self.shell.end()
        return self.ran

    def block(self, language, words, content):
        named = next((word[5:] for word in words if word.startswith("file=")), None)
        if named:
            with open(self.shell.where() / named, "a" if "append" in words else "w", encoding="utf-8") as file:
                file.write(content)
            self.move_ports()
        elif language in ("sh", "bash", "shell") and words[:1] != ["shown:"]:
            raise Wrong("is not run: make it a console block, or say why not: ```sh shown: REASON")
        elif language == "console":
            for command, expected in commands(content):
                self.command(command.replace("8080", self.port), expected, "again" in words)

    def command(self, command, expected, again):
        until = time.monotonic() + (AGAIN_S if again else 0)
        while True:
            code, output = self.shell.run(command)
            if code == 0 and says(expected, output.replace(self.port, "8080")):
                break
            if time.monotonic() >= until:
                raise Wrong(f"`{command}` ended with {code} and said\n{output[-3000:]}\nbut the page says\n" +
                            "\n".join(expected))
            time.sleep(0.2)
        self.ran += 1
        self.move_ports()

    def move_ports(self):
        """Configurations that commands have made listen on the free port as well."""
        for path in self.folder.rglob("*.toml"):
            text = path.read_text(encoding="utf-8")
            if ":8080" in text:
                path.write_text(text.replace(":8080", ":" + self.port), encoding="utf-8")

    def logs(self):
        return "".join(f"\n--- {path.name}\n{path.read_text(encoding='utf-8')[-3000:]}" for path in self.folder.rglob("*.log")
                       if path.stat().st_size and "CMakeFiles" not in str(path) and "Testing" not in str(path))


def self_test():
    """The runner tells right from wrong."""
    assert says(["a...c", "..."], "abc\nx\ny\n") and says(["..."], "") and says(["...", "b"], "a\nb\n")
    assert not says(["a"], "b\n") and not says(["a", "..."], "b\na\n")
    assert commands("$ a \\\n> b\nout\n$ c\n") == [["a \\\nb", ["out"]], ["c", []]]
    page = "x\n```console again\n$ ls\n```\n\n```toml file=a.toml append\nb = 1\n```\n"
    assert [(block[0], block[1], block[2]) for block in blocks(page)] == [(2, "console", ["again"]),
                                                                          (6, "toml", ["file=a.toml", "append"])]


def main():
    self_test()
    build = pathlib.Path(sys.argv[1]).resolve()
    chosen = [TOP / name for name in sys.argv[2:]] or sorted(path for glob in PAGES for path in TOP.glob(glob))
    chosen = [path for path in chosen if any(block[1] in ("console", "sh") for block in blocks(path.read_text(encoding="utf-8")))]
    root = pathlib.Path(tempfile.mkdtemp(prefix="convene-docs-"))
    root.chmod(0o755)
    failed = 0
    try:
        home = root / "home"
        home.mkdir()
        subprocess.run(["/usr/bin/cmake", "--install", build, "--prefix", home / "convene"], check=True,
                       stdout=subprocess.DEVNULL)
        with concurrent.futures.ThreadPoolExecutor(2) as two:
            pages = {two.submit(Page(path, home).run): path for path in chosen}
            for done in concurrent.futures.as_completed(pages):
                try:
                    print(f"ok      {pages[done].relative_to(TOP)}: {done.result()} commands", flush=True)
                except Wrong as wrong:
                    failed += 1
                    print(f"FAILED  {wrong}", flush=True)
        total = sum(done.result() for done in pages if not done.exception())
        print(f"[  FIGURE  ] Docs: commands of the documentation that do what it says = {total}, pages that do not = {failed} "
              f"(to reach: all, 0)")
    finally:
        if not os.environ.get("CONVENE_KEEP"):
            shutil.rmtree(root, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
