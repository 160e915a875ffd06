#!/usr/bin/env python3
# tests/docs/links.py - every link inside the built site, and every one of the repository's Markdown, leads somewhere.
"""links.py SITE: reads the pages as a browser finds them, so that navigation, style and contents count as well."""
import html
import pathlib
import re
import subprocess
import sys
import urllib.parse

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "sdk/docs/site"))
from build import slug  # noqa: E402 - headings are named in one place

LINK = re.compile(r'(?:href|src)="([^"]*)"')
ANCHOR = re.compile(r'\bid="([^"]*)"')
FENCED = re.compile(r"^(```|~~~).*?^\1\s*$", re.M | re.S)
MARKDOWN_LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.M)


def elsewhere(link):
    return re.match(r"[a-z]+:", link) is not None


def split(link):
    path, _, anchor = urllib.parse.unquote(html.unescape(link)).partition("#")
    return path, anchor


def in_site(site):
    """(how many links, what is wrong) of a built site."""
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}
    ids = {path: set(ANCHOR.findall(text)) for path, text in pages.items()}
    count, wrong = 0, []
    for page, text in pages.items():
        twice = {ident for ident in ids[page] if len(re.findall(rf'\bid="{re.escape(ident)}"', text)) > 1}
        wrong += [f"{page.relative_to(site)}: has #{ident} more than once" for ident in sorted(twice)]
        for link in LINK.findall(text):
            if elsewhere(link):
                continue
            count += 1
            path, anchor = split(link)
            aim = (page.parent / path).resolve() if path else page
            if not aim.is_file() or not aim.is_relative_to(site):
                wrong.append(f"{page.relative_to(site)}: the link to {link} leads nowhere")
            elif anchor and anchor not in ids.get(aim, ()):
                wrong.append(f"{page.relative_to(site)}: {aim.relative_to(site)} has no #{anchor}")
    return count, wrong


def anchors(text):
    """The anchors of a Markdown file, numbered where a heading comes again."""
    seen, out = {}, set()
    for heading in HEADING.findall(FENCED.sub("", text)):
        base = slug(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.replace("`", "")))
        seen[base] = seen.get(base, -1) + 1
        out.add(base if seen[base] == 0 else f"{base}-{seen[base]}")
    return out


def in_markdown(paths):
    """The same of Markdown files, which link to files and folders of the repository."""
    count, wrong = 0, []
    for source in paths:
        text = FENCED.sub("", source.read_text(encoding="utf-8"))
        for link in MARKDOWN_LINK.findall(re.sub(r"`[^`\n]*`", "", text)):
            if elsewhere(link):
                continue
            count += 1
            path, anchor = split(link)
            aim = (source.parent / path).resolve() if path else source
            if not aim.exists() or not aim.is_relative_to(TOP):
                wrong.append(f"{source.relative_to(TOP)}: the link to {link} leads nowhere")
            elif anchor and aim.suffix == ".md" and anchor not in anchors(aim.read_text(encoding="utf-8")):
                wrong.append(f"{source.relative_to(TOP)}: {aim.relative_to(TOP)} has no #{anchor}")
    return count, wrong


def self_test():
    """It finds what is broken."""
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        site = pathlib.Path(folder).resolve()
        (site / "a.html").write_text('<h1 id="x">x</h1><h1 id="x">x</h1><a href="b.html#y"><a href="#z"><a href="c.html"><a href="b.html">')
        (site / "b.html").write_text('<link href="https://elsewhere.example/"><i id="q">')
        assert in_site(site) == (4, ["a.html: has #x more than once", "a.html: b.html has no #y", "a.html: a.html has no #z",
                                     "a.html: the link to c.html leads nowhere"]), in_site(site)
    assert anchors("# A `b`\n\n```sh\n# no\n```\n\n## A b\n") == {"a-b", "a-b-1"}


def main():
    self_test()
    site = pathlib.Path(sys.argv[1]).resolve()
    # A copy without its history still has its files: then all but what was built or fetched.
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=TOP, capture_output=True, text=True, check=False).stdout.split()
    paths = [TOP / name for name in listed] or [path for path in TOP.rglob("*.md") if not {"build", "node_modules"} & set(path.parts)]
    pages, wrong = in_site(site)
    links, also = in_markdown(path for path in paths if path.exists() and "template" not in path.parts)
    print("\n".join(wrong + also), file=sys.stderr, end="\n" if wrong + also else "")
    print(f"[  FIGURE  ] Docs: links that lead somewhere = {pages + links - len(wrong) - len(also)} of {pages + links} (to reach: all)")
    return 1 if wrong or also or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
