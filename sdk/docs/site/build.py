#!/usr/bin/env python3
# sdk/docs/site/build.py - builds the documentation: Markdown by cmark-gfm, one template, no script.
"""`build.py OUTPUT [PROGRAM]`: PROGRAM is the `convene` whose --help fills the page of commands.
Fails on a link that leads nowhere, a page without a title, and Markdown with HTML in it."""
import html
import os
import pathlib
import re
import shutil
import subprocess
import sys

from pages import PAGES, WRITTEN

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[2]
PICTURE = "core/docs/picture.svg"


def rendered(markdown):
    done = subprocess.run(["cmark-gfm", "-e", "table", "-e", "strikethrough", "--validate-utf8", "--full-info-string"], input=markdown, text=True,
                          capture_output=True, check=True)
    return done.stdout


def slug(heading):
    """As GitHub makes it, so that links work in both places."""
    text = html.unescape(re.sub(r"<[^>]+>", "", heading)).lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def with_ids(body):
    """Headings get ids; also (level, id, text) of each."""
    seen, found = {}, []

    def name(match):
        level, text = match.group(1), match.group(2)
        base = slug(text)
        count = seen[base] = seen.get(base, -1) + 1
        ident = base if count == 0 else f"{base}-{count}"
        found.append((int(level), ident, text))
        anchor = f'<a class="anchor" href="#{ident}" aria-hidden="true" tabindex="-1">#</a>' if level != "1" else ""
        return f'<h{level} id="{ident}">{text}{anchor}</h{level}>'

    return re.sub(r"<h([1-6])>(.*?)</h\1>", name, body, flags=re.S), found


COMMENT = {"cpp": "//", "c": "//", "js": "//", "toml": "#", "sh": "#", "python": "#"}


def coloured(body):
    """Blocks that are a file say which. In code, comments stand back; in what a terminal shows, the commands stand out and `$ `
    is not copied with them."""
    def line_of(language, line, typed):
        if language == "console":
            if line.startswith("$ "):
                return f'<span class="prompt">$ </span><b>{line[2:]}</b>'
            return f"<b>{line}</b>" if typed else line
        mark = COMMENT.get(language)
        at = re.search(rf"(?:^|\s){mark}(?:\s|$)", line) if mark else None
        return f"{line[:at.start()]}<i>{line[at.start():]}</i>" if at else line

    def block(match):
        out, typed = [], False
        words = (match.group(2) or "").split()
        named = next((word[5:] for word in words if word.startswith("file=")), "")
        label = f'<p class="file">{"at the end of " if "append" in words else ""}<code>{named}</code></p>' if named else ""
        for line in match.group(3).strip("\n").split("\n"):
            out.append(line_of(match.group(1), line, typed))
            typed = line.endswith("\\") and (typed or line.startswith("$ "))
        return f'{label}<pre tabindex="0"><code class="language-{match.group(1)}">' + "\n".join(out) + "</code></pre>"

    return re.sub(r'<pre><code class="language-(\w+)"(?: data-meta="([^"]*)")?>(.*?)</code></pre>', block, body, flags=re.S)


def framed(body):
    """A table scrolls by itself, the page never does sideways; columns without a name have no empty head."""
    body = re.sub(r"<thead>\s*<tr>\s*(?:<th></th>\s*)+</tr>\s*</thead>\s*", "", body).replace("<th></th>", "<td></td>")
    return body.replace("<table>", '<div class="table" tabindex="0"><table>').replace("</table>", "</table></div>")


class Site:
    """All pages, and where each source ended up."""

    def __init__(self, output, program):
        self.output, self.program, self.wrong = output, program, []
        self.order = [(group, name, title, source) for group, _, _, pages in PAGES for name, title, source in pages]
        self.place = {source: f"{group}/{name}.html" for group, name, _, source in self.order if isinstance(source, str)}
        self.headings = {}

    def linked(self, body, source, page):
        """Links to sources that are pages here become links to these; others must exist in the repository."""
        base = os.path.dirname(source) if isinstance(source, str) else ""

        def target(match):
            attribute, link = match.group(1), html.unescape(match.group(2))
            if re.match(r"[a-z]+:", link):
                return match.group(0)
            path, _, anchor = link.partition("#")
            if not path:
                self.wanted.append((page, page, anchor))
                return match.group(0)
            aimed = os.path.normpath(os.path.join(base, path))
            if aimed in self.place:
                self.wanted.append((page, self.place[aimed], anchor))
                there = os.path.relpath(self.place[aimed], os.path.dirname(page))
                return f'{attribute}="{html.escape(there + ("#" + anchor if anchor else ""))}"'
            if aimed in WRITTEN:
                return f'{attribute}="{os.path.relpath(WRITTEN[aimed], os.path.dirname(page))}"'
            if (aimed.endswith("/README.md") or os.path.isdir(TOP / aimed)) and (TOP / aimed).exists():
                readme = os.path.join(aimed, "README.md") if os.path.isdir(TOP / aimed) else aimed
                if readme in self.place:
                    return f'{attribute}="{os.path.relpath(self.place[readme], os.path.dirname(page))}"'
            if not (TOP / aimed).exists():
                self.wrong.append(f"{source}: the link to {link} leads nowhere")
            return f'class="source" title="in the source tree: {html.escape(aimed)}"'

        return re.sub(r'(href|src)="([^"#][^"]*|#[^"]*)"', target, body)

    def build(self):
        self.wanted = []
        bodies = []
        for group, name, title, source in self.order:
            text = source(self.program) if callable(source) else (TOP / source).read_text(encoding="utf-8")
            body = coloured(rendered(text))
            if "<!-- raw HTML omitted -->" in body and "<!-- Generated" not in text:
                self.wrong.append(f"{source}: holds HTML; write Markdown")
            body, headings = with_ids(body.replace("<!-- raw HTML omitted -->\n", ""))
            page = f"{group}/{name}.html"
            if not headings or headings[0][0] != 1:
                self.wrong.append(f"{source}: has no title")
            self.headings[page] = {ident for _, ident, _ in headings}
            body = self.linked(body, source, page)
            body = body.replace("<p>[the picture]</p>", "<figure>" + (TOP / PICTURE).read_text(encoding="utf-8") + "</figure>")
            bodies.append((page, title, framed(body), headings))
        for page, there, anchor in self.wanted:
            if anchor and anchor not in self.headings[there]:
                self.wrong.append(f"{page}: {there} has no #{anchor}")
        self.write(bodies)
        return self.wrong

    def write(self, bodies):
        template = (HERE / "page.html").read_text(encoding="utf-8")
        if self.output.exists():
            shutil.rmtree(self.output)
        for at, (page, title, body, headings) in enumerate(bodies):
            around = {
                "title": html.escape(title),
                "root": "../",
                "nav": self.navigation(page, "../"),
                "toc": self.contents(headings),
                "body": body,
                "previous": self.neighbour(bodies, at - 1, page, "previous"),
                "next": self.neighbour(bodies, at + 1, page, "next"),
            }
            self.put(page, template, around)
        self.put("index.html", template, {"title": "Convene", "root": "", "nav": self.navigation("index.html", ""), "toc": "",
                                          "body": self.front(), "previous": "", "next": ""})
        shutil.copy(HERE / "style.css", self.output / "style.css")

    def put(self, page, template, around):
        path = self.output / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(re.sub(r"\{\{(\w+)\}\}", lambda match: around[match.group(1)], template), encoding="utf-8")

    @staticmethod
    def navigation(current, root):
        out = []
        for group, heading, _, pages in PAGES:
            out.append(f"<h2>{heading}</h2><ul>")
            for name, title, _ in pages:
                here = ' aria-current="page"' if f"{group}/{name}.html" == current else ""
                out.append(f'<li><a href="{root}{group}/{name}.html"{here}>{html.escape(title)}</a></li>')
            out.append("</ul>")
        return "\n".join(out)

    @staticmethod
    def contents(headings):
        second = [(ident, text) for level, ident, text in headings if level == 2]
        if len(second) < 3:
            return ""
        items = "".join(f'<li><a href="#{ident}">{re.sub("</?a[^>]*>", "", text)}</a></li>' for ident, text in second)
        return f'<nav class="toc" aria-label="On this page"><h2>On this page</h2><ul>{items}</ul></nav>'

    @staticmethod
    def neighbour(bodies, at, page, word):
        if not 0 <= at < len(bodies):
            return ""
        there = os.path.relpath(bodies[at][0], os.path.dirname(page))
        return f'<a rel="{"prev" if word == "previous" else "next"}" href="{there}"><span>{word}</span>{html.escape(bodies[at][1])}</a>'

    def front(self):
        out = [rendered((TOP / "sdk/docs/front.md").read_text(encoding="utf-8")).replace(
            "<p>[the picture]</p>", "<figure>" + (TOP / PICTURE).read_text(encoding="utf-8") + "</figure>")]
        out.append('<div class="readers">')
        for group, heading, whom, pages in PAGES:
            items = "".join(f'<li><a href="{group}/{name}.html">{html.escape(title)}</a></li>' for name, title, _ in pages[:6])
            out.append(f"<section><h2>{heading}</h2><p>{html.escape(whom)}.</p><ul>{items}</ul></section>")
        return "\n".join(out) + "</div>"


def main():
    output = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else TOP / "build/docs").resolve()
    site = Site(output, pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else TOP / "build/dev/bin/convene")
    wrong = site.build()
    for line in wrong:
        print("error: " + line, file=sys.stderr)
    print(f"{len(site.order) + 1} pages in {output}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
