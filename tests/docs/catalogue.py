#!/usr/bin/env python3
# tests/docs/catalogue.py - every id that a log line can have stands in core/app/MESSAGES.md, every setting of the gateway on its page.
import json
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
CATALOGUE = TOP / "core/app/MESSAGES.md"
GATEWAY = (TOP / "adapters/web/convene-web.settings.json", TOP / "config/docs/gateway.md")
WHERE = ("core", "sdk", "plugins", "adapters")
CALL = re.compile(r"\b(?:log(?:::(debug|info|warning|error|write|write_text))?|log_|say)\s*\(")
ID = re.compile(r'"([a-z][a-z0-9_]*\.[a-z][a-z0-9_.]*)"')
LEVELS = {"0": "debug", "1": "info", "2": "warning", "3": "error", "CONVENE_LOG_DEBUG": "debug", "CONVENE_LOG_INFO": "info",
          "CONVENE_LOG_WARNING": "warning", "CONVENE_LOG_ERROR": "error"}


def arguments(text, start):
    """The first three arguments of the call whose bracket opens before `start`, as text."""
    depth, begin, out, at = 0, start, [], start
    while at < len(text) and len(out) < 3:
        char = text[at]
        if char == '"':
            at += 1
            while at < len(text) and text[at] != '"':
                at += 2 if text[at] == "\\" else 1
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            if depth == 0:
                out.append(text[begin:at])
                return out
            depth -= 1
        elif char == "," and depth == 0:
            out.append(text[begin:at])
            begin = at + 1
        at += 1
    return out


def said(text):
    """(id, level or None) of every call in a source that writes a log line."""
    for call in CALL.finditer(text):
        given = arguments(text, call.end())
        level = call.group(1) if call.group(1) in LEVELS.values() else None
        carriers = given[:1] if level else given[1:]
        if not level and given:
            level = LEVELS.get(given[0].strip())
        for ident in next(filter(None, map(ID.findall, carriers)), ()):
            yield ident, level


def sources():
    for folder in WHERE:
        for path in sorted((TOP / folder).rglob("*")):
            name = path.name
            if path.suffix in (".c", ".cpp", ".hpp") and "_test." not in name and not {"testing", "test", "template",
                                                                                      "node_modules"} & set(path.parts):
                yield path


def catalogue(text):
    """Id to the levels of its row."""
    rows = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) >= 3:
            for ident in re.findall(r"`([^`]+)`", cells[0]):
                rows[ident] = (cells[1], cells[2])
    return rows


def settings_without_row():
    """What the gateway may be told and its page does not list, or the other way round."""
    schema, page = (path.read_text(encoding="utf-8") for path in GATEWAY)
    known = set(json.loads(schema)["properties"])
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.M))
    return [f"{GATEWAY[1].relative_to(TOP)}: `{key}` is {'missing' if key in known else 'no setting'}" for key in sorted(known ^ told)]


def self_test():
    text = 'log::warning(bad ? "a.b" : "a.c", {{"x", "y.z"}}); options_.log(1, "d.e", "f.g"); say("not this", 1); log(2, x);'
    assert list(said(text)) == [("a.b", "warning"), ("a.c", "warning"), ("d.e", "info")], list(said(text))
    assert catalogue("| `a.b`, `a.c` | info | Means. |") == {"a.b": ("info", "Means."), "a.c": ("info", "Means.")}


def main():
    self_test()
    rows, found, wrong = catalogue(CATALOGUE.read_text(encoding="utf-8")), {}, []
    for path in sources():
        for ident, level in said(path.read_text(encoding="utf-8", errors="replace")):
            found[ident] = str(path.relative_to(TOP))
            if ident not in rows:
                wrong.append(f"{found[ident]}: `{ident}` has no row in {CATALOGUE.relative_to(TOP)}")
            elif level and level not in rows[ident][0] and rows[ident][0] != "as said":
                wrong.append(f"{found[ident]}: `{ident}` is written as {level}, the catalogue says {rows[ident][0]}")
    wrong += [f"{CATALOGUE.relative_to(TOP)}: nothing writes `{ident}`" for ident in rows if ident not in found]
    wrong += [f"{CATALOGUE.relative_to(TOP)}: `{ident}` does not say what it means" for ident, row in rows.items()
              if len(row[1]) < 10]
    wrong += settings_without_row()
    print("\n".join(dict.fromkeys(wrong)))
    print(f"[  FIGURE  ] Catalogue: ids of log lines with level, meaning and what to do = {len(set(found) & set(rows))} of "
          f"{len(found)} (to reach: all)")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
