"""A static, self-contained HTML report: two pages and chunks of samples, readable from a folder, without a server or a network."""

from pathlib import Path

from synthloop.adapters.files import write_atomically
from synthloop.surfaces.html.details import write_details
from synthloop.surfaces.html.overview import overview_page
from synthloop.surfaces.view import ReportView


def write_html_report(view: ReportView, directory: Path) -> Path:
    """Write the report into a folder and return the path of its first page.

    The folder then holds `index.html` (complete by itself), `samples.html` and `samples/*.js`. Files of an older report in that
    folder are replaced.

    Raises:
        StoreError: The folder can't be written.
    """
    write_details(view, directory)
    path = directory / "index.html"
    write_atomically(path, overview_page(view).encode())
    return path


__all__ = ["write_html_report"]
