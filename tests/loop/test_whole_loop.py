"""The whole loop on a toy project of files, as a person turns it."""

import sys
from pathlib import Path

import pytest

from synthloop.adapters.stores.committed import SplitFile
from synthloop.core.errors import ProjectError
from synthloop.core.sample import Sample
from synthloop.loop.distill import promote_failures
from synthloop.loop.evaluate import evaluate_app
from synthloop.loop.export import export_training
from synthloop.loop.gate import accept_baseline, gate_app
from synthloop.loop.generate import generate_samples, read_active
from synthloop.loop.turn import Turn, run_turn
from synthloop.project.loop import Loop
from synthloop.project.project import load_project
from synthloop.project.promoted import write_promoted
from synthloop.project.python_api import behavior
from synthloop.project.workspace import open_workspace

PAY = """says: Payments.
expected: pay
authored: [pay my bill, settle the open invoice, transfer what i owe]
templates: ["{verb} the {kind} of {who}", "can you {verb} a {kind} for {who}?"]
parameters: {verb: [pay, settle, clear], kind: [bill, invoice, rent], who: [Ana, Tom, Priya, the office]}
"""
BOOK = """says: Bookings.
expected: book
authored: [book a table for two, get me somewhere quiet, reserve the big hall]
templates: ["{verb} a {place} for {who}", "could {who} {verb} the {place}?"]
parameters: {verb: [book, reserve, get], place: [table, room, hall], who: [Ana, Tom, Priya, the office]}
"""
# Counts its calls in a file: what was really asked.
APP = """
from pathlib import Path

WORDS = ("bill", "invoice", "rent", "owe")

def route(text):
    with (Path(__file__).parent / "calls").open("a") as calls:
        calls.write(text + "\\n")
    return "pay" if any(word in text.lower() for word in WORDS) else "book"
"""


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    module = f"app_{abs(hash(request.node.nodeid)):x}"  # modules of one process need names of their own
    (tmp_path / "behaviors").mkdir()
    (tmp_path / "behaviors" / "pay.yaml").write_text(PAY)
    (tmp_path / "behaviors" / "book.yaml").write_text(BOOK)
    (tmp_path / "synthloop.yaml").write_text(
        f"app: {{python: '{module}:route'}}\nseed: 6\ngenerate: {{accepted: 120}}\n"
        "split: {train: 0.2, dev: 0.6, holdout: 0.2}\ngate: {accuracy: {at_least: 0.5}}\n"
    )
    (tmp_path / f"{module}.py").write_text(APP)
    return tmp_path


def turn(folder: Path) -> Turn:
    with open_workspace(load_project(folder), verb="run") as setup:
        return run_turn(setup)


def calls(folder: Path) -> int:
    path = folder / "calls"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_an_unchanged_app_is_never_asked_again_and_a_changed_file_always(folder: Path) -> None:
    turn(folder)
    asked = calls(folder)
    assert asked > 0
    turn(folder)
    assert calls(folder) == asked
    (module,) = folder.glob("app_*.py")
    module.write_text(APP.replace('"owe")', '"owe", "debt")'))
    sys.modules.pop(module.stem)  # as in a new process
    second = turn(folder)
    assert calls(folder) >= asked + len(second.report.results) + len(second.gate.report.results)


def test_a_failure_becomes_a_case_that_the_next_turn_includes(folder: Path) -> None:
    (module,) = folder.glob("app_*.py")
    module.write_text(APP.replace('return "pay" if any', 'return "pay" if "room" in text.lower() or any'))
    with open_workspace(load_project(folder), verb="run") as setup:
        report = run_turn(setup).report
        promotions = promote_failures(setup, report, per_mode=2)
    assert promotions, [(mode.name, mode.neighbors_tried, mode.neighbors_failed) for mode in report.failure_modes]
    write_promoted(folder, [(promotion.behavior_id, promotion.authored) for promotion in promotions])
    with open_workspace(load_project(folder), verb="generate") as setup:
        generate_samples(setup)
        kept = {sample.text: sample for sample in read_active(setup, None)}
        trained = {example.sample_id for example in export_training(setup)}
        train = {sample.id for sample in read_active(setup, "train")}
    for promotion in promotions:
        sample = kept[promotion.authored.messages[-1][1]]
        assert sample.attributes["promoted_from"] == promotion.sample_id
        assert sample.split == "dev", "it came from dev and stays there"
    assert trained == train


def test_a_changed_file_is_another_version_and_refused_where_its_module_was_imported_before(folder: Path) -> None:
    with open_workspace(load_project(folder), verb="baseline") as setup:
        generate_samples(setup)
        good = accept_baseline(setup, "main").report
    (module,) = folder.glob("app_*.py")
    module.write_text(APP.replace('else "book"', 'else "pay"'))
    with open_workspace(load_project(folder), verb="gate") as setup, pytest.raises(ProjectError, match="changed after it was loaded"):
        _ = setup.apps[setup.app]
    sys.modules.pop(module.stem)  # as in a new process
    with open_workspace(load_project(folder), verb="gate") as setup:
        assert setup.apps[setup.app].version != good.app_version


def test_the_splits_that_are_committed_hold_in_a_clone(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    def generate(root: Path) -> list[Sample]:
        with open_workspace(load_project(root), verb="generate") as setup:
            generate_samples(setup)
            return read_active(setup, None)

    here = generate(folder)
    clone = tmp_path_factory.mktemp("clone")
    for path in ("synthloop.yaml", "splits.json", "behaviors/pay.yaml", "behaviors/book.yaml", next(folder.glob("app_*.py")).name):
        (clone / path).parent.mkdir(exist_ok=True)
        (clone / path).write_bytes((folder / path).read_bytes())
    assert generate(clone) == here
    assert SplitFile(clone / "splits.json").read() == SplitFile(folder / "splits.json").read()


def test_an_app_of_unknown_version_is_asked_again_by_the_next_run_but_not_by_one_that_goes_on(folder: Path) -> None:
    text = (folder / "synthloop.yaml").read_text()
    (folder / "synthloop.yaml").write_text(
        "app: {http: {url: 'http://127.0.0.1:9/', body: {text: '{text}'}, answer: label}}\n" + text.split("\n", 1)[1]
    )
    project = load_project(folder)
    versions: list[str] = []
    for breaks_off in (True, False, False):
        try:
            with open_workspace(project, verb="evaluate") as setup:
                versions.append(setup.apps["app"].version)
                if breaks_off:
                    raise KeyboardInterrupt  # noqa: TRY301 - this is what breaking off is
        except KeyboardInterrupt:
            with open_workspace(project, verb="generate") as between:
                generate_samples(between)  # asks no app, so the run that broke off is still to be continued
    assert versions[0] == versions[1] != versions[2]


def test_the_loop_as_an_object() -> None:
    pay = behavior("pay", says="Payments.", expected="pay", authored=["pay my bill", "settle the open invoice", "the rent is due"])
    book = behavior("book", says="Bookings.", expected="book", authored=["book a table", "reserve the hall", "get me a room"])

    def route(text: str) -> str:
        return "pay" if "bill" in text else "book"

    loop = Loop(app=route, behaviors=[pay, book], version="1", generate={"neighbors": 2})
    samples = loop.generate(accepted=40)
    assert {sample.split for sample in samples} == {"train", "dev"}
    report = loop.distill(loop.evaluate(samples))
    assert report.failure_modes
    assert loop.accept_baseline().name == "main"
    assert loop.gate().baseline is not None
    assert loop.run().generated.reused


def test_a_report_on_dev_and_the_gate_on_the_holdout_share_no_sample(folder: Path) -> None:
    with open_workspace(load_project(folder), verb="run") as setup:
        generate_samples(setup)
        dev, holdout = evaluate_app(setup), gate_app(setup).report
    assert {result.sample_id for result in dev.results}.isdisjoint(result.sample_id for result in holdout.results)
    assert {result.scenario_id for result in dev.results}.isdisjoint(result.scenario_id for result in holdout.results)
