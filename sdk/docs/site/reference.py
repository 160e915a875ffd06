# sdk/docs/site/reference.py - pages that nobody writes: the boundary from its headers, keys and commands from the program.
import pathlib
import re
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[3]
HEADERS = ("abi", "routing", "service", "channel", "adapter")
COMMENT = re.compile(r"/\*(.*?)\*/", re.S)


def plain(comment):
    """The text of a C comment as one paragraph."""
    lines = [re.sub(r"^\s*\*? ?", "", line) for line in comment.strip().splitlines()]
    return " ".join(line.strip() for line in lines if line.strip())


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


def prose(comment):
    """The comment on top of a header: paragraphs stay; lists and code, which are indented, stay as they stand."""
    lines = [re.sub(r"^ \* ?", "", line) for line in comment.strip("* \n").splitlines()]
    lines = [line for line in lines if not line.startswith("sdk/include/")]
    blocks, out = re.split(r"\n\s*\n", "\n".join(lines).strip("\n")), []
    for block in blocks:
        if re.match(r" *\d+\. ", block):  # a numbered list: an item goes on until the next number
            out.append("\n".join(plain(item) for item in re.split(r"\n(?= *\d+\. )", block)))
        elif block.startswith("  "):
            out.append("```text\n" + block + "\n```")
        else:
            out.append(plain(block).replace("<", "&lt;"))
    return "\n\n".join(out)


def members(body):
    """(declaration, comment) of each field or function of a struct; a comment stands before or behind it."""
    rows, before, position = [], "", 0
    pattern = re.compile(r"\s*(?:/\*(.*?)\*/|((?:[^;/]|/(?!\*))+;)[ \t]*(?:/\*(.*?)\*/)?)", re.S)
    while match := pattern.match(body, position):
        position = match.end()
        if match.group(2) is None:
            before = plain(match.group(1))
            continue
        declaration = " ".join(match.group(2).split()).replace(" CONVENE_NOEXCEPT", "")
        rows.append((declaration, plain(match.group(3)) if match.group(3) else before))
        before = before if "(" in declaration and rows[-1][1] == before else ""
    return rows


def struct(match):
    about, name, body = match.group(1), match.group(2), match.group(3)
    lines = [f"### `{name}`", "", plain(about or ""), "", "| | |", "| --- | --- |"]
    lines += [f"| `{declaration.replace('|', chr(92) + '|')}` | {cell(comment)} |" for declaration, comment in members(body)]
    return lines + [""]


def constants(text):
    rows = re.findall(r"^#define (CONVENE_\w+) (\S.*?)\s*(?:/\*(.*?)\*/)?$", text, re.M)
    rows = [row for row in rows if row[0] not in ("CONVENE_NOEXCEPT", "CONVENE_EXPORT")]
    if not rows:
        return []
    return ["| | | |", "| --- | --- | --- |", *[f"| `{n}` | `{v}` | {cell(plain(c))} |" for n, v, c in rows], ""]


def headers(_program):
    """sdk/include/convene/*.h as pages of tables; the C++ faces as they stand."""
    lines = ["# The boundary", "", "Written from the headers in `include/convene`: they are what counts."]
    structs = re.compile(r"(?:/\*((?:(?!\*/).)*)\*/\s*)?typedef struct (convene_\w+) \{(.*?)\n\} \2;", re.S)
    for name in HEADERS:
        text = (TOP / "sdk/include/convene" / (name + ".h")).read_text(encoding="utf-8")
        lines += ["", f"## {name}.h", "", prose(COMMENT.search(text).group(1)), "", *constants(text)]
        for match in structs.finditer(text):
            lines += struct(match)
    lines += ["", "## The faces in C++", ""]
    for name in ("plugin", *HEADERS[1:], "json", "duration", "testing/plugin", "testing/routing", "testing/service",
                 "testing/channel", "testing/adapter"):
        text = (TOP / "sdk/include/convene" / (name + ".hpp")).read_text(encoding="utf-8")
        intro = [re.sub(r"^// ?", "", line) for line in text.split("#pragma once")[0].splitlines()]
        intro[0] = intro[0].split(" - ", 1)[-1]
        paragraphs = re.split(r"\n\s*\n", "\n".join(intro).strip())
        lines += [f"### convene/{name}.hpp", ""]
        for paragraph in paragraphs:
            lines += ["```cpp", paragraph, "```", ""] if paragraph.startswith("  ") else [paragraph.replace("<", "&lt;"), ""]
    return "\n".join(lines) + "\n"


def configuration(_program):
    text = (TOP / "config/reference.toml").read_text(encoding="utf-8").split("\n", 1)[1]
    return ("# Every key\n\nAs `convene config reference` prints it: every key, its default, and why. `convene config check` says "
            "which keys of yours are wrong, and `convene config schema` gives an editor what it needs to complete them.\n\n"
            "```toml\n" + text + "```\n")


def commands(program):
    """--help of everything, where the program has been built."""
    lines = ["# Every command", "", "As `--help` says it.", ""]
    if not program.exists():
        return "\n".join(lines + ["`./dev build` first, then `./dev docs` fills this page."]) + "\n"

    def say(words):
        text = subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=False).stdout
        lines.extend([f"## convene {' '.join(words)}".rstrip(), "", "```text", text.rstrip(), "```", ""])
        for block in text.split("\n\n") if len(words) < 2 else ():
            head, *rows = block.splitlines() or [""]
            if head.endswith(":") and head not in ("Positionals:", "Options:", "Examples:"):
                for match in filter(None, (re.match(r"  (\w[\w-]*)( {2,}|$)", row) for row in rows)):
                    say([*words, match.group(1)])

    say([])
    return "\n".join(lines) + "\n"
