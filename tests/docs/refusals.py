#!/usr/bin/env python3
# tests/docs/refusals.py - every code that a refusal can have stands in core/app/REFUSALS.md with what to do, and no other does.
import re
import sys

from catalogue import TOP, arguments, sources

PAGE = TOP / "core/app/REFUSALS.md"
# Commands that end say their own text; what only a plugin's author sees is in sdk/docs.
SILENT = ("new.", "day.", "replay.", "check.", "program.")
CALL = re.compile(r"\b(refuse|refusal|later|no|bye|fail_later|failed|Error|Refused(?: \w+)?|about|key_error|then|(?<!log::)error)\s*[({]")
CODE = re.compile(r'"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?)"')
ALONE = re.compile(r'(?:[^"]*\?\s*"[^"]*"\s*:\s*)?"[^"]*"')               # a text, or one of two
ELSEWHERE = [
    re.compile(r'return \{"([a-z_]+(?:\.[a-z_]+)?)",'),              # {code, text}
    re.compile(r'\{false, "", "([a-z_]+)",'),                        # a gateway's own CoreReply
    re.compile(r'"code\\?":\\?"([a-z_]+(?:\.[a-z_]+)?)'),                          # a body that is written out
    re.compile(r'\bcode = "([a-z_]+(?:\.[a-z_]+)?)"'),
    re.compile(r'\s"(plugin\.[a-z_]+)"\};'),                           # {text, code} of a library's stages
    re.compile(r'key\("code"\)\.(?:text|raw)\((?:[\w.()]* \? )?"(?:\\")?([a-z_]+)'),
    re.compile(r'\? "([a-z_]+)" : reply\.code'),
]
CODES = re.compile(r"string_view codes\[\] = \{(.*?)\}", re.S)         # a table of them: its first is no fault
STATUS = re.compile(r'\b(?:refusal|later)\(\s*(\d{3}), "([a-z_]+)"')
MAPPED = re.compile(r'\{"([a-z_]+)", (\d{3})\}')


def said(text):
    """Every code that a source gives to a refusal."""
    for call in CALL.finditer(text):
        codes = [code for given in arguments(text, call.end()) if ALONE.fullmatch(given.strip()) for code in CODE.findall(given)]
        if codes and call.group(1) == "refuse":  # a service names the request that it refuses, then the code
            yield codes[-1]
        elif codes:
            yield from codes if "?" in text[call.end():].split(",", 1)[0] else codes[:1]
    for pattern in ELSEWHERE:
        yield from pattern.findall(text)
    for table in CODES.findall(text):
        yield from CODE.findall(table)[1:]


def statuses(text):
    """(code, status) wherever the gateway gives one."""
    for status, code in STATUS.findall(text):
        yield code, status
    if "kStatus[]" in text:
        yield from MAPPED.findall(text)


def rows(text):
    """Code to (second cell, third cell)."""
    out = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) >= 3:
            for code in re.findall(r"`([^`]+)`", cells[0]):
                out[code] = (cells[1], cells[2])
    return out


def self_test():
    text = ('refuse(in.request, in.peer, "busy", "Too many."); Error{"a.b", x}; log::error("not.this"); return {"gone_by", "T"};'
            'std::string_view codes[] = {"ok", "too_wide"}; body.key("code").text("odd"); later(503, "late", "T", 1);')
    assert sorted(set(said(text))) == ["a.b", "busy", "gone_by", "late", "odd", "too_wide"], sorted(set(said(text)))
    assert list(statuses(text)) == [("late", "503")]
    assert rows("| `a`, `b` | 404 | Means. |") == {"a": ("404", "Means."), "b": ("404", "Means.")}


def main():
    self_test()
    known, found, wrong = rows(PAGE.read_text(encoding="utf-8")), {}, []
    for path in sources():
        text, name = path.read_text(encoding="utf-8", errors="replace"), str(path.relative_to(TOP))
        if name.startswith(("core/sim/", "core/check/", "core/replay/")):
            continue
        for code in said(text):
            if not code.startswith(SILENT):
                found.setdefault(code, name)
        for code, status in statuses(text) if name.startswith("adapters/web/") else ():
            if code in known and status not in known[code][0]:
                wrong.append(f"{name}: `{code}` goes out with {status}, {PAGE.name} says {known[code][0] or 'nothing'}")
    wrong += [f"{name}: `{code}` has no row in {PAGE.relative_to(TOP)}" for code, name in sorted(found.items()) if code not in known]
    wrong += [f"{PAGE.relative_to(TOP)}: nothing says `{code}`" for code in known if code not in found]
    wrong += [f"{PAGE.relative_to(TOP)}: `{code}` does not say what it means" for code, row in known.items() if len(row[1]) < 15]
    print("\n".join(wrong), end="\n" if wrong else "")
    print(f"[  FIGURE  ] Catalogue: codes of refusals with meaning and what to do = {len(set(found) & set(known))} of {len(found)} "
          f"(to reach: all)")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
