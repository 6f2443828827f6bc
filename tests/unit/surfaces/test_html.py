import json
import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from tests.unit.surfaces.example_report import make_report, make_samples, make_view

from synthloop.core.report import ConfusionCell
from synthloop.surfaces.html import write_html_report
from synthloop.surfaces.html.charts import heat_map, scale_over
from synthloop.surfaces.html.element import element, join
from synthloop.surfaces.html.overview import overview_page
from synthloop.surfaces.view import view_of


class _Balance(HTMLParser):
    """Remembers which elements are open, and every address that the page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "link", "input", "br"}:
            self.open.append(tag)
        self.addresses += [value for name, value in attrs if name in {"src", "href"} and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_element_is_closed_and_nothing_points_outside(tmp_path: Path) -> None:
    index = write_html_report(make_view(200), tmp_path)
    for path in (index, tmp_path / "samples.html"):
        reader = _Balance()
        reader.feed(path.read_text(encoding="utf-8"))
        assert reader.open == []
        assert [address for address in reader.addresses if re.match(r"(https?:)?//", address)] == []


def test_text_is_escaped_wherever_it_stands() -> None:
    assert element("p", "<script>", title='"><script>') == '<p title="&quot;&gt;&lt;script&gt;">&lt;script&gt;</p>'
    assert join(("a", None, ["b", element("br")])) == "ab<br>"


def test_the_run_counts_its_own_samples_and_not_those_that_the_gate_shows() -> None:
    samples = make_samples(40)
    page = overview_page(view_of((make_report(samples[:30]),), samples))
    origins = re.search(r"Origin of samples</dt><dd>([^<]*)<", page)
    assert origins is not None
    assert sum(map(int, re.findall(r"\d+", origins[1]))) == 30


def test_the_dashed_line_is_explained_where_there_is_one() -> None:
    assert "Dashed: the 0.9 that the gate demands" in overview_page(make_view(40))
    assert "Dashed" not in overview_page(view_of((make_report(make_samples(40)),), make_samples(40)))


def test_metrics_of_a_scorer_are_not_folded_away_as_those_of_labels() -> None:
    report = make_report(make_samples(40))
    of_scorer, of_label = (msgspec.structs.replace(report.pass_rate, name=name) for name in ("pass:tone", "f1:schedule"))
    page = overview_page(view_of(msgspec.structs.replace(report, metrics=(report.pass_rate, of_scorer, of_label))))
    assert "1 metric of single labels" in page
    assert page.index("pass:tone") < page.index("1 metric of single labels") < page.index("f1:schedule")


def test_index_of_ten_thousand_samples_stays_under_two_megabytes(tmp_path: Path) -> None:
    samples = make_samples(10_000)
    index = write_html_report(view_of(make_report(samples), samples), tmp_path)
    assert len(samples) == 10_000
    assert index.stat().st_size < 2_000_000
    assert len(list((tmp_path / "samples").iterdir())) == 10


def test_chunks_hold_every_sample_with_the_failures_first(tmp_path: Path) -> None:
    view = make_view(1200)
    write_html_report(view, tmp_path)
    rows: list[list[str]] = []
    for chunk in sorted((tmp_path / "samples").iterdir()):
        rows += json.loads(chunk.read_text(encoding="utf-8").removeprefix("addSamples(").removesuffix(");\n"))
    assert len(rows) == 1200
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), key=["failed", "unscored", "passed"].index)


def test_an_older_report_leaves_no_chunks_behind(tmp_path: Path) -> None:
    write_html_report(make_view(1200), tmp_path)
    write_html_report(make_view(100), tmp_path)
    assert [path.name for path in (tmp_path / "samples").iterdir()] == ["chunk-0001.js"]


def test_sections_without_content_are_left_out() -> None:
    report = msgspec.structs.replace(make_report(make_samples(40)), slices=(), confusion=(), failure_modes=())
    page = overview_page(view_of(report))
    for anchor in ("slices", "confusion", "baseline", "variants", "curation"):
        assert f'id="{anchor}"' not in page
    assert "they were not grouped" in page


@pytest.mark.parametrize(("values", "low"), [((0.95, None), 0.8), ((0.6, 0.99), 0.5), ((0.2,), 0.0), ((), 0.0)])
def test_scale_starts_where_the_values_do(values: tuple[float | None, ...], low: float) -> None:
    assert scale_over(values).low == low


def test_heat_map_of_many_labels_shows_the_confused_ones() -> None:
    cells = [ConfusionCell(expected=f"label-{at:02}", got=f"label-{at:02}", count=50) for at in range(60)]
    cells.append(ConfusionCell(expected="label-07", got="label-31", count=9))
    report = msgspec.structs.replace(make_report(make_samples(40)), confusion=tuple(cells))
    page = overview_page(view_of(report))
    assert "label-07 answered as label-31: 9" in page
    assert "the 2 labels with the most confusion; 58 others are left out" in page


def test_heat_map_says_in_words_what_it_shows() -> None:
    drawn = heat_map([ConfusionCell(expected="a", got="b", count=3)], ["a", "b"])
    assert 'aria-label="Confusion matrix of 2 labels. Most frequent confusions: a answered as b: 3."' in drawn
