# tests/tidy/rules.py - each rule is a function: path and lines of one file -> (line number, what is wrong) pairs.
import os
import re

import tables

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
C_FAMILY = (".h", ".hpp", ".c", ".cpp")


def is_test(path):
    name = os.path.basename(path)
    return path.startswith("tests/") or "_test." in name or "/testing/" in path or "/test/" in path


def under(path, folder):
    return path == folder or path.startswith(folder + "/")


def ending(path):
    name = os.path.basename(path)
    return name if name in tables.FIRST_LINE else os.path.splitext(name)[1]


def without_comments(lines):
    """The lines with comments blanked out, so that a word in a sentence is not taken for code."""
    in_block = False
    for line in lines:
        out = ""
        while line:
            if in_block:
                end = line.find("*/")
                in_block, line = (True, "") if end < 0 else (False, line[end + 2:])
                continue
            found = re.search(r'"(?:\\.|[^"\\])*"|//|/\*', line)
            if not found:
                out, line = out + line, ""
            elif found.group().startswith('"'):
                out, line = out + line[: found.end()], line[found.end():]
            elif found.group() == "//":
                out, line = out + line[: found.start()], ""
            else:
                out, line, in_block = out + line[: found.start()], line[found.end():], True
        yield out


def target_of(path, mark, name):
    """The path, from the top of the repository, that an include of `name` in `path` means; None for an outside one."""
    if name.startswith("convene/"):
        return "sdk/include/" + name
    if name.split("/")[0] in ("sdk", "core", "plugins", "adapters", "examples", "tests") and "/" in name:
        return name
    return os.path.normpath(os.path.join(os.path.dirname(path), name)) if mark == '"' else None


def allowed_edges(path):
    keys = [key for key in tables.EDGES if under(path, key)]
    if not keys:
        return None
    key = max(keys, key=len)
    own = "/".join(path.split("/")[: key.count("/") + 2])
    edges = [own if edge == "@" else edge for edge in tables.EDGES[key]]
    return edges + (tables.TEST_EDGES if is_test(path) else [])


def include_edges(path, lines):
    edges = allowed_edges(path)
    if edges is None or not path.endswith(C_FAMILY):
        return
    standard_only = any(under(path, folder) for folder in tables.STANDARD_ONLY) and not is_test(path)
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        target = target_of(path, *found.groups())
        if target is None:
            if standard_only and found.group(2) not in tables.STANDARD_HEADERS:
                yield number, f"<{found.group(2)}> is not of the standard library, and nothing else may be used here"
        elif not any(under(target, edge) for edge in edges):
            yield number, f"includes {target}, but may include only {', '.join(edges)} (design, section 4)"


def third_party(path, lines):
    if not path.endswith(C_FAMILY) or is_test(path):
        return
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        for header, where in tables.THIRD_PARTY.items():
            if found and re.match(header, found.group(2)) and not re.search(where, path):
                yield number, f"<{found.group(2)}> belongs behind a name of ours; only {where} may include it"


def purity(path, lines):
    if is_test(path) or not path.endswith(C_FAMILY) or not any(under(path, f) for f in tables.PURE):
        return
    for number, line in enumerate(without_comments(lines), 1):
        found = INCLUDE.match(line)
        if found:
            if found.group(2) in tables.IMPURE_INCLUDES:
                yield number, f"<{found.group(2)}>: the engine has no clock, socket, file, thread or dice"
            continue
        code = re.sub(r'"(?:\\.|[^"\\])*"', '""', line)
        found = re.search(tables.IMPURE_NAMES, code)
        if found:
            yield number, f"`{found.group().strip()}`: the engine has no clock, socket, file, thread or dice"


def first_line(path, lines):
    begin = tables.FIRST_LINE.get(ending(path))
    if begin is None:
        return
    at = 1 if lines and lines[0].startswith("#!") else 0
    line = lines[at] if len(lines) > at else ""
    # The top-level files of a folder name the folder; a file names itself; then why it exists.
    names = {path, os.path.dirname(path) or os.path.basename(path), os.path.basename(path)}
    if not any(line.startswith(f"{begin}{name} - ") for name in names):
        yield at + 1, f"the first line must be `{begin}{path} - one sentence.`"


def length(path, lines):
    if tables.FIRST_LINE.get(ending(path)) and len(lines) > tables.LINES_MAX:
        yield len(lines), f"{len(lines)} lines, at most {tables.LINES_MAX}: it has two ideas in it, split them"


def loose_ends(path, lines):
    words = "TO" "DO|FIX" "ME|X" "XX|HA" "CK"
    if tables.FIRST_LINE.get(ending(path)) is None:
        return
    for number, line in enumerate(lines, 1):
        found = re.search(rf"\b({words})\b", line)
        if found:
            yield number, f"{found.group()}: do it, or open an issue"


def places(path, lines):
    """No path of a developer's machine and no package registry's host: a clone must work anywhere."""
    pattern = "/wo" r"rk/|/ho" r"me/[a-z]|/ro" r"ot/|regi" r"stry\.npmjs|regi" r"stry\.yarn|https?://[^\s\"]*/-/[^\s\"]*\.tgz"
    for number, line in enumerate(lines, 1):
        found = re.search(pattern, line)
        if found:
            yield number, f"`{found.group()}` is a place of one machine or network"


def sql_text(path, lines):
    """SQL is a constant with bound parameters. A piece of it that is glued to something else is how injection begins."""
    if not path.endswith(C_FAMILY) or is_test(path):
        return
    statement = r'"\s*(?:select|insert|update|delete|replace|create|drop|alter|pragma|attach|vacuum)\b(?:\\.|[^"\\])*"'
    glued = [
        rf"(?i){statement}\s*(?:s\b)?\s*\+",
        rf"(?i)\+\s*{statement}",
        rf"(?i){statement}\s*<<",
        r'(?i)(?:format|printf)\s*\([^"]*' + statement,
    ]
    # A pragma binds nothing; a number in it, by a constant's name or a duration's count, is harmless.
    number_in_pragma = r'"pragma [a-z_]+ = " << (k[A-Z]\w*|[\w.]+\.count\(\));'
    text = [re.sub(number_in_pragma, ";", line) for line in without_comments(lines)]
    for number, line in enumerate(text, 1):
        if any(re.search(pattern, line) for pattern in glued) or (
            re.search(rf"(?i){statement}\s*$", line) and number < len(text) and re.match(r"\s*(\+|<<)", text[number])
        ):
            yield number, "SQL is put together from pieces: bind a parameter instead"


def plugin_names(names):
    """The core knows no plugin by name (claim 14). `names` are the folders of plugins/."""
    words = set(names) | {name.partition("_")[2] for name in names if name.startswith("service_")}
    words -= {"rendezvous"}  # Also the word for the stored record.
    pattern = re.compile(r"\b(" + "|".join(sorted(map(re.escape, words))) + r")\b") if words else None

    def rule(path, lines):
        if pattern is None or is_test(path) or not under(path, "core") or not path.endswith(C_FAMILY):
            return
        for number, line in enumerate(lines, 1):
            found = pattern.search(line)
            if found:
                yield number, f"`{found.group()}`: the core knows no plugin by name (claim 14)"

    return rule


PER_FILE = [include_edges, third_party, purity, first_line, length, loose_ends, places, sql_text]
