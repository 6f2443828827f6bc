"""Bad input in files, through the real command line: what, where, how to fix; exit code 2; and nothing that was there is lost."""

# ruff: noqa: E501 - a line of a file, and a message, stand on one line

from pathlib import Path

import pytest
from tests.bad_input.bench import GOOD, Bench

pytestmark = pytest.mark.slow

TEMPLATED = "says: A\nexpected: a\ntemplates: ['{one} thing {two}']\n"

CASES: dict[str, tuple[dict[str, bytes], str]] = {
    "broken YAML": (
        {"synthloop.yaml": b"app: app:route\ngate: {accuracy: 0.9\nseed: 7\n"},
        "synthloop.yaml:3: broken YAML: while parsing a flow mapping did not find expected ',' or '}'. Close the bracket",
    ),
    "unknown key": (
        {"synthloop.yaml": b"app: app:route\nsed: 7\n"},
        "synthloop.yaml:2: sed: unknown key 'sed'. Did you mean 'seed'?",
    ),
    "duplicate behavior": (
        {"behaviors/more/Schedule.yaml": GOOD},
        "the behavior 'schedule' is already defined in behaviors/",
    ),
    "duplicate key": (
        {"behaviors/schedule.yaml": GOOD + b"weight: 2\nweight: 3\n"},
        "weight: the key 'weight' is already on line 4. Keep one of them.",
    ),
    "unknown component": (
        {"synthloop.yaml": b"app: app:route\nvalidators: [lenght]\n"},
        "synthloop.yaml:2: validators.0: no validator is called 'lenght'. Did you mean 'length'? `synthloop components validators` lists them.",
    ),
    "parameter cycle": (
        {
            "behaviors/a.yaml": TEMPLATED.encode()
            + b"parameters:\n  one: {given: two, x: [y], otherwise: [z]}\n  two: {given: one, y: [x], otherwise: [w]}\n"
        },
        "behaviors/a.yaml:5: parameters.one: the parameters depend on each other in a circle: one -> two -> one. Remove one of these dependencies.",
    ),
    "constraints that exclude everything": (
        {
            "behaviors/a.yaml": TEMPLATED.encode()
            + b"parameters: {one: [x, y], two: [x, y]}\nconstraints:\n  - {if: {one: x}, then: {two: y}}\n  - {if: {one: y}, then: {two: y}}\n  - {not: {two: y}}\n"
        },
        "behaviors/a.yaml:8: constraints.2: this rule, with those before it, excludes every combination of values. Loosen one of the rules, or add values.",
    ),
    "slot that does not exist": (
        {"behaviors/a.yaml": TEMPLATED.encode() + b"parameters: {one: [x], tow: [y]}\n"},
        "behaviors/a.yaml:3: templates.0: no parameter is called 'two'. Did you mean 'tow'?",
    ),
    "authored sample against its own validator": (
        {"synthloop.yaml": b"app: app:route\nvalidators: [length: {max_chars: 10}]\n"},
        "behaviors/schedule.yaml:3: authored.0: the validator 'length' would drop this sample (too-long: 23 characters, at most 10 are wanted). Change the sample, or the validator.",
    ),
    "Latin-1": (
        {"behaviors/a.yaml": "says: A\nexpected: café\nauthored: [noir]\n".encode("latin-1")},
        "behaviors/a.yaml:2: is not UTF-8 (byte 0xe9); it looks like Latin-1 or Windows-1252. Save it as UTF-8, e.g. `iconv -f WINDOWS-1252 -t UTF-8 behaviors/a.yaml`.",
    ),
    "UTF-16": (
        {"behaviors/a.yaml": GOOD.decode().encode("utf-16")},
        "behaviors/a.yaml: is written in UTF-16 (or UTF-32). Save it as UTF-8, e.g. `iconv -f UTF-16 -t UTF-8 behaviors/a.yaml`.",
    ),
    "NUL byte": (
        {"behaviors/a.yaml": b"says: A\nexpected: a\x00b\n"},
        "behaviors/a.yaml:2: a NUL byte at column 12. Remove it, or write it as an escape in double quotes.",
    ),
    "10 MB line": (
        {"behaviors/a.yaml": b"says: A\nexpected: a\nauthored: [" + b"x" * 10_000_000 + b"]\n"},
        "behaviors/a.yaml:3: the line has 10,000,012 characters; 100,000 are allowed. Keep data in files of its own, and one sample a line here.",
    ),
    "empty behavior": (
        {"behaviors/a.yaml": b""},
        "behaviors/a.yaml: is empty. Write it, or delete the file; `synthloop init` writes examples to start from.",
    ),
    "empty project": (
        {"synthloop.yaml": b""},
        "synthloop.yaml: is empty. Write it, or delete the file; `synthloop init` writes examples to start from.",
    ),
    "infinity as what is expected": (
        {"behaviors/a.yaml": b"says: A\nexpected: 1.0e+999\nauthored: [noir]\n"},
        "behaviors/a.yaml:2: expected: the number is not finite. Write a finite number.",
    ),
    "infinity within what a sample expects": (
        {"behaviors/a.yaml": b"says: A\nexpected: a\nauthored:\n  - {text: noir, expected: {score: [1, -1.0e+999]}}\n"},
        "behaviors/a.yaml:4: authored.0.expected: the number is not finite. Write a finite number.",
    ),
    "broken promoted file": (
        {"promoted/schedule.yaml": b"authored: [{txt: hello}]\n"},
        "promoted/schedule.yaml:1: authored.0.txt: unknown key 'txt'. Did you mean 'text'?",
    ),
    "noise profile that is none": (
        {"synthloop.yaml": b"app: app:route\nnoise: {profile: profile.json}\n", "profile.json": b"\xff\xfe{"},
        "profile.json: not a readable noise profile",
    ),
    "damaged splits": (
        {"splits.json": b'{"a": "test"}', "synthloop.yaml": b"app: app:route\nseed: 8\n"},
        "splits.json: not a readable list of splits",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_file_that_is_wrong(case: str, bench: Bench) -> None:
    files, message = CASES[case]
    before = bench.keep()
    bench.write(files)
    ended = bench.run("generate")
    assert ended.returncode == 2, ended.stderr
    assert message in ended.message
    assert "Traceback" not in ended.stderr
    assert bench.keep() == before


def test_the_default_encoding_of_messages_is_checked(bench: Bench) -> None:
    bench.write({"messages.txt": "hi there\ncafé please\n".encode("latin-1")})
    ended = bench.run("noise", "fit", "messages.txt")
    assert ended.returncode == 2
    assert "messages.txt:2" in ended.message
    assert "--encoding" in ended.message


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "messages.txt"), (b"hi\x00there\n" * 30, "messages.txt"), (b"x" * 10_000_000, "messages.txt")]
)
def test_messages_that_are_none(content: bytes, said: str, bench: Bench) -> None:
    bench.write({"messages.txt": content})
    ended = bench.run("noise", "fit", "messages.txt")
    assert ended.returncode in {0, 2}, ended.stderr
    assert "Traceback" not in ended.stderr
    if ended.returncode == 2:
        assert said in ended.message


def test_a_baseline_of_an_older_schema(bench: Bench) -> None:
    assert bench.run("baseline", "accept").returncode == 0
    path = bench.folder / "baselines" / "main.json"
    path.write_text(path.read_text().replace('"schema_version": 1', '"schema_version": 0', 1))
    before = path.read_bytes()
    ended = bench.run("gate", "--baseline", "main")
    assert ended.returncode == 2
    assert (
        "this baseline was written by an older synthloop (schema 0; this one reads 1). Accept a new one: synthloop baseline accept main"
        in ended.message
    )
    assert path.read_bytes() == before
    assert bench.run("baseline", "accept", "main").returncode == 0, "the fix that the message names works"
    assert bench.run("gate", "--baseline", "main").returncode in {0, 1}


def test_a_baseline_that_is_cut_off(bench: Bench) -> None:
    (bench.folder / "baselines").mkdir()
    (bench.folder / "baselines" / "main.json").write_bytes(b'{"schema_version": 1, "name": "ma')
    ended = bench.run("gate", "--baseline", "main")
    assert ended.returncode == 2
    assert "main.json: not a readable baseline" in ended.message
    assert "Restore it from git, or accept a new one" in ended.message


def test_a_holdout_that_is_spent(bench: Bench) -> None:
    bench.write({"synthloop.yaml": bench.read("synthloop.yaml") + b"gate: {holdout_reads: 1, accuracy: {at_least: 0.5}}\n"})
    assert bench.run("gate").returncode in {0, 1}
    bench.write({"app.py": b"def route(text):\n    return 'other'\n"})
    ended = bench.run("gate")
    assert ended.returncode == 2
    assert "SpentHoldoutError: the holdout is spent: it was read 1 times and may be read 1 times." in ended.message
    assert "`synthloop holdout rotate` hands it to dev" in ended.message
    assert bench.run("holdout", "rotate").returncode == 0
    assert "the holdout is empty" in bench.run("gate").message


def test_a_project_that_is_not_there(tmp_path: Path, bench: Bench) -> None:
    ended = bench.run("check", "-C", str(tmp_path / "nowhere"))
    assert ended.returncode == 2
    assert "synthloop.yaml: does not exist. Change into the project's folder, or start one with `synthloop init" in ended.message
