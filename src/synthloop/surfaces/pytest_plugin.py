"""The pytest plugin: a behavior is a test.

    @pytest.mark.behavior("behaviors/schedule.yaml", accepted=200, repeats=3)
    def test_schedule(report):
        assert report.gate(accuracy=0.9)

The app, scorers and noise come from the `synthloop.yaml` above the test. Everything heavy loads when a test uses `report`.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from synthloop.surfaces.behavior_report import BehaviorReport

MARKER = "behavior(file, accepted=200, repeats=1): what the fixture `report` is about: a behavior file of a synthloop project"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> "BehaviorReport":
    """How the app does on the behavior that the test's marker names."""
    from synthloop.core.errors import LoopError  # noqa: PLC0415 - the same
    from synthloop.surfaces.behavior_report import read_order, report_behavior  # noqa: PLC0415 - loads the whole loop

    marker = request.node.get_closest_marker("behavior")
    if marker is None:
        pytest.fail('the fixture `report` needs a marker: @pytest.mark.behavior("behaviors/schedule.yaml")', pytrace=False)
    try:
        made = report_behavior(read_order(marker.args, marker.kwargs), near=request.path, folder=tmp_path_factory.mktemp("synthloop"))
    except LoopError as error:
        pytest.fail(f"{type(error).__name__}: {error}", pytrace=False)
    request.node.add_report_section("call", "synthloop", made.describe())
    return made


__all__ = ["MARKER", "pytest_configure", "report"]
