"""The frame of both pages: head, styles, scripts, and a content policy that lets nothing else run."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from synthloop.core.report import Report
from synthloop.surfaces.html.element import Child, Markup, element, join, trusted


@cache
def read_part(name: str) -> str:
    """Return a style sheet or script that belongs to the package."""
    return files("synthloop.surfaces.html").joinpath(name).read_text(encoding="utf-8")


def page(title: str, body: Child, scripts: tuple[str, ...], *, chunks: bool = False) -> str:
    """Return a whole page.

    The content policy names each script by its hash, so that markup in a sample could not run even if it were not escaped.

    Args:
        title: For the browser's tab.
        body: Everything the page shows.
        scripts: Names of the package's scripts, in order.
        chunks: Whether the page loads scripts from beside it.
    """
    sources = [read_part(name) for name in scripts]
    hashes = " ".join(f"'sha256-{_digest(source)}'" for source in sources)
    beside = " 'self' file:" if chunks else ""
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src {hashes}{beside}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("link", rel="icon", href="data:,"),
        element("title", title),
        element("style", trusted(read_part("page.css"))),
    )
    code = (element("script", trusted(source)) for source in sources)
    return f"<!doctype html>\n{element('html', head, element('body', body, code), lang='en')}\n"


def masthead(report: Report, links: Child) -> Markup:
    """Return what stands at the top of both pages: whose report, and the way around."""
    button = element("button", "Theme", type="button", id="theme", title="Light, dark, or as the system says", hidden=True)
    name = element("p", element("strong", report.project or "synthloop"), " ", element("span", report.app), class_="whose")
    return element("header", name, element("nav", links, aria_label="Sections"), button, class_="masthead")


def section(anchor: str, heading: str, lead: Child, *content: Child) -> Markup:
    """Return a section with its heading, one sentence that says what it shows, and the content."""
    title = element("h2", heading, id=f"{anchor}-heading")
    intro = element("p", lead, class_="lead") if join(lead) else None
    return element("section", title, intro, content, id=anchor, aria_labelledby=f"{anchor}-heading")


def _digest(source: str) -> str:
    return base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


__all__ = ["masthead", "page", "read_part", "section"]
