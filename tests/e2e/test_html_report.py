"""The HTML report in a real browser, opened from a folder as a person would."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from tests.unit.surfaces.example_report import make_report, make_samples, make_view

from synthloop.core.sample import Message
from synthloop.surfaces.html import write_html_report
from synthloop.surfaces.view import ReportView, view_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    if CHROMIUM is None:
        reason = "there is no chromium; `make browser` installs it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_html_report(_hostile(make_view(1200)), tmp_path_factory.mktemp("report")).parent


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    context = browser.new_context(color_scheme="light", viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: requests.append(request.url))
    yield opened
    context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []


def _hostile(view: ReportView) -> ReportView:
    """Return the view with a sample whose text, expectation and attributes try to become markup."""
    first = next(sample_id for sample_id in view.modes[0].sample_ids)
    samples = [
        msgspec.structs.replace(sample, messages=(Message(role="user", text=HOSTILE),), expected=HOSTILE, attributes={HOSTILE: HOSTILE})
        if sample.id == first
        else sample
        for sample in view.samples.values()
    ]
    return view_of(view.reports, samples, gate=view.gate, baseline=view.baseline, dropped=view.dropped)


def test_markup_in_samples_is_inert(page: "Page", folder: Path) -> None:
    for name in ("index.html", "samples.html"):
        page.goto((folder / name).as_uri())
        assert "owned" not in page.title()
        assert page.locator("img").count() == 0
        assert page.get_by_text("document.title='owned'").count() > 0


def test_the_verdict_comes_first_and_says_why(page: "Page", folder: Path) -> None:
    page.goto((folder / "index.html").as_uri())
    assert page.locator("h1").inner_text() == "✗ Fail"
    assert "demanded: at least 0.90" in page.locator(".checks li").first.inner_text()
    assert page.locator("main > section").nth(1).locator("h2").inner_text() == "What failed"


def test_nothing_sticks_out_on_a_phone(page: "Page", folder: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("index.html", "samples.html"):
        page.goto((folder / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for link in page.locator("nav a").all():
            box = link.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= 390


def test_theme_follows_the_system_until_it_is_chosen(browser: "Browser", folder: Path) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    page.locator("#theme").click()
    assert page.locator("#theme").inner_text() == "Theme: light"
    light = page.evaluate(paper)
    page.reload()
    assert page.evaluate(paper) == light != dark
    context.close()


def test_samples_can_be_filtered_and_paged(page: "Page", folder: Path) -> None:
    page.goto((folder / "samples.html").as_uri())
    assert page.locator("#found").inner_text() == "1,200 of 1,200 samples."
    assert page.locator("#samples li").count() == 50
    page.locator("#next").click()
    assert page.locator("#place").inner_text() == "2 of 24"
    page.locator("#words").fill("noise=casing gist")
    page.locator("#outcome").select_option("failed")
    texts = page.locator("#samples q").all_inner_texts()
    assert texts
    assert all("GIST" in text for text in texts)


def test_a_problem_links_to_its_samples(page: "Page", folder: Path) -> None:
    page.goto((folder / "index.html").as_uri())
    link = page.locator(".modes a").first
    count = int("".join(filter(str.isdigit, link.inner_text())))
    link.click()
    assert page.locator("#found").inner_text() == f"{count:,} of 1,200 samples."


def test_it_is_complete_without_scripts_and_on_paper(browser: "Browser", folder: Path, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    assert page.locator(".modes > li").count() > 3
    paper = page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert paper.startswith(b"%PDF")
    context.close()


def test_a_missing_folder_of_samples_is_said(browser: "Browser", tmp_path: Path) -> None:
    samples = make_samples(60)
    write_html_report(view_of(make_report(samples), samples), tmp_path)
    shutil.rmtree(tmp_path / "samples")
    page = browser.new_page()
    page.goto((tmp_path / "samples.html").as_uri())
    assert 'is the folder "samples" beside this page?' in page.locator("#found").inner_text()
    page.close()
