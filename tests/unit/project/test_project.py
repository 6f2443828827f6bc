import asyncio
from pathlib import Path
from typing import Any

import pytest

from synthloop.core.ask import AppRequest, Ask
from synthloop.core.errors import ProjectError, UsageError
from synthloop.core.sample import Message
from synthloop.project.app_config import CommandCall, HttpCall, PythonCall
from synthloop.project.apps import build_apps
from synthloop.project.components import list_components
from synthloop.project.init import init_project
from synthloop.project.project import Project, load_project
from synthloop.project.python_api import behavior, project
from synthloop.project.secrets import looks_like_secret

SAYS = {"says": "A", "expected": "a", "authored": ["hello there"]}


def test_caps_that_nothing_counts_towards_are_said(tmp_path: Path):
    init_project(tmp_path)
    url = "url: 'https://router.example/', answer: a"
    said: list[list[str]] = []
    for app in (f"{{http: {{{url}}}}}", f"{{http: {{{url}, usage: {{cost_usd: cost}}}}}}", "app:route"):
        (tmp_path / "synthloop.yaml").write_text(f"app: {app}\nbudget: {{usd: 5, tokens: 100}}\n")
        said.append([warning.field for warning in load_project(tmp_path).warnings])
    assert said == [["budget.tokens", "budget.usd"], ["budget.tokens"], []]


def make(root: Path, **written: object) -> Project:
    return project(root=root, behaviors=[behavior("a", **SAYS)], **written)


def answer(built: Project, name: str) -> object:
    app = build_apps(built, unversioned="run-1")[name]
    ask = Ask(to=name, version=app.version, request=AppRequest(messages=(Message(role="user", text="book it"),)))

    async def run() -> object:
        try:
            return (await app.answer(ask)).value
        finally:
            await app.close()

    return asyncio.run(run())


def test_init_writes_a_project_that_loads_without_a_warning(tmp_path: Path):
    written = init_project(tmp_path / "loop")
    loaded = load_project(tmp_path / "loop")
    assert loaded.warnings == ()
    assert [each.id for each in loaded.behaviors] == ["book", "change", "out_of_scope"]
    assert {"synthloop.yaml", "app.py", ".gitignore", "README.md", "project.json"} <= {path.name for path in written}


def test_init_never_replaces_a_file(tmp_path: Path):
    (tmp_path / "app.py").write_text("mine")
    with pytest.raises(UsageError, match=r"not empty.*--force"):
        init_project(tmp_path)
    written = init_project(tmp_path, force=True)
    assert (tmp_path / "app.py").read_text() == "mine"
    assert tmp_path / "app.py" not in written
    with pytest.raises(UsageError, match="is a file"):
        init_project(tmp_path / "app.py")


def test_the_short_forms_of_an_app(tmp_path: Path):
    (tmp_path / "short_form_app.py").write_text("def route(text): return text.upper()\n")
    calls = [make(tmp_path, app=app).apps[0].call for app in ("short_form_app:route", "https://example.com/answer", "$ cat -u 'a b'")]
    assert calls == [
        PythonCall(location="short_form_app:route"),
        HttpCall(url="https://example.com/answer"),
        CommandCall(arguments=("cat", "-u", "a b")),
    ]


def test_variants_say_only_what_differs(tmp_path: Path):
    (tmp_path / "variant_app.py").write_text("def route(text, prompt='long', mood='calm'): return [text, prompt, mood]\n")
    built = make(
        tmp_path,
        app={"python": "variant_app:route", "timeout_s": 3, "variables": {"mood": "gay"}},
        variants={"short": {"variables": {"prompt": "short"}}, "echo": {"command": "echo {text} {mood}", "in_flight": 2}},
    )
    assert [config.name for config in built.apps] == ["app", "short", "echo"]
    assert [config.limits.timeout_s for config in built.apps] == [3, 3, 3]
    assert answer(built, "short") == ["book it", "short", "gay"]
    assert answer(built, "echo") == "book it gay"


def test_all_apps_that_can_not_be_built_are_named(tmp_path: Path):
    (tmp_path / "broken_app.py").write_text("raise RuntimeError('no key')\n")
    (tmp_path / "other_app.py").write_text("route = 3\n")
    built = make(tmp_path, app="broken_app:route", variants={"b": {"python": "other_app:route"}, "c": {"python": "other_app:rout"}})
    with pytest.raises(ProjectError) as raised:
        build_apps(built, unversioned="run-1")
    assert [problem.field for problem in raised.value.problems] == ["app", "variants.b", "variants.c"]
    assert "RuntimeError: no key" in str(raised.value)


def test_a_model_is_an_app_whose_version_follows_prompt_tools_and_model(tmp_path: Path):
    (tmp_path / "chat_tools.py").write_text("def make(state):\n    return []\n")
    (tmp_path / "shop.md").write_text("You sell tea.")
    chat = {"model": "small", "system": "shop.md", "tools": "chat_tools:make"}

    def version(**changed: object) -> str:
        models = {"small": {"url": "http://127.0.0.1:1/v1"}, "large": {"url": "http://127.0.0.1:1/v1", "model": "large"}}
        built = make(tmp_path, app={"chat": {**chat, **changed}}, models=models)
        return build_apps(built, unversioned="run-1")["app"].version

    first = version()
    assert first == version()
    others = {version(system="You sell milk."), version(model="large"), version(most_calls=3)}
    (tmp_path / "shop.md").write_text("You sell cake.")
    others.add(version())
    (tmp_path / "chat_tools.py").write_text("def make(state):\n    return [print]\n")
    assert len({first, *others, version()}) == 6


@pytest.mark.parametrize(("expected", "name"), [("a", "label"), (["a", "b"], "labels"), ({"a": 1}, "exact"), ([1], "exact"), (None, None)])
def test_a_scorer_is_chosen_by_what_is_expected(expected: object, name: str | None, tmp_path: Path):
    built = project(root=tmp_path, behaviors=[behavior("a", says="A", expected=expected, authored=["hi"], criteria=["kind"])])
    assert [scorer.name for scorer in built.scorers] == ([name] if name else [])


def test_own_functions_are_components(tmp_path: Path):
    (tmp_path / "own_checks.py").write_text("def no_slang(text): return 'slang' if 'yo' in text else None\n")
    assert make(tmp_path, validators=["own_checks:no_slang"]).validators
    (tmp_path / "raising_checks.py").write_text("1 / 0\n")
    with pytest.raises(ProjectError, match="ZeroDivisionError"):
        make(tmp_path, validators=["raising_checks:no_slang"])


@pytest.mark.parametrize(
    ("text", "name", "secret"),
    [
        ("Bearer ${API_KEY}", "Authorization", False),
        ("Basic dXNlcjpwYXNz", "Authorization", True),
        ("sk-proj-abcdefgh1234", "X-Anything", True),
        ("application/json; charset=utf-8", "Accept", False),
        ("3f2b8c1d9e7a4f6b8c1d9e7a4f6b8c1d", "X-Request", True),
        ("https://${USER}:${PASSWORD}@example.com", "", False),
        ("https://example.com/?key=${KEY}&page=2", "", False),
        ("https://example.com/?token=abcd1234", "", True),
    ],
)
def test_what_looks_like_a_secret(text: str, name: str, secret: bool):
    assert looks_like_secret(text, name) is secret


def test_every_component_is_described_with_an_example():
    described = list_components()
    assert {each.kind for each in described} == {"noisers", "validators", "scorers", "judges", "writers", "exports", "finders"}
    for each in described:
        assert each.summary, each
        assert each.example.startswith(f"- {each.name}")
        assert all(parameter.type for parameter in each.parameters)
    with pytest.raises(UsageError, match="Did you mean 'noisers'"):
        list_components("noiser")


def test_a_file_that_is_still_to_be_made_is_only_a_warning(tmp_path: Path):
    (tmp_path / "app.py").write_text("def route(text): return text")
    loaded = make(tmp_path, app={"python": "app:route", "files": ["model.joblib"]})
    assert [(warning.field, warning.what) for warning in loaded.warnings] == [("app.files.0", "no file matches 'model.joblib'.")]


@pytest.mark.parametrize(
    ("app", "changed"),
    [
        ({"http": {"url": "http://a/"}}, {"http": {"url": "http://b/"}}),
        ({"http": {"url": "http://a/", "headers": {"X-Model": "small"}}}, {"http": {"url": "http://a/", "headers": {"X-Model": "large"}}}),
        ({"http": {"url": "http://a/", "answer": "a"}}, {"http": {"url": "http://a/", "answer": "b"}}),
        ({"http": {"url": "http://a/", "answer": ""}}, {"http": {"url": "http://a/", "answer": "", "reply": {"state": "s"}}}),
        ({"command": ["echo"]}, {"command": {"run": ["echo"], "session": True}}),
        ({"command": {"run": ["echo"], "answer": "a"}}, {"command": {"run": ["echo"], "answer": "b"}}),
        ({"command": ["echo", "{model}"], "variables": {"model": "s"}}, {"command": ["echo", "{model}"], "variables": {"model": "l"}}),
        ({"python": "json:dumps", "variables": {"indent": 1}}, {"python": "json:dumps", "variables": {"indent": 2}}),
    ],
)
@pytest.mark.parametrize("version", ["7", None])
def test_another_request_is_another_version_whatever_name_it_has(app: dict[str, Any], changed: dict[str, Any], version: str | None) -> None:
    def version_of(settings: dict[str, Any]) -> str:
        named = settings if version is None else {**settings, "version": version}
        built = project(behaviors=[behavior("greet", says="Greet.", authored=["hi"])], app=named)
        return build_apps(built, unversioned="run-1")["app"].version

    assert version_of(app) == version_of(app)
    assert version_of(app) != version_of(changed)


def test_the_app_may_have_a_name_of_its_own_and_no_variant_the_same(tmp_path: Path) -> None:
    (tmp_path / "behaviors").mkdir()
    (tmp_path / "behaviors" / "book.yaml").write_text("says: Bookings.\nexpected: book\nauthored: [book a table]\n")
    (tmp_path / "synthloop.yaml").write_text("app: {command: [cat], name: naive}\nvariants: {better: {command: [tac]}}\n")
    assert [config.name for config in load_project(tmp_path).apps] == ["naive", "better"]
    (tmp_path / "synthloop.yaml").write_text("app: {command: [cat], name: naive}\nvariants: {naive: {name: other}}\n")
    with pytest.raises(ProjectError) as raised:
        load_project(tmp_path)
    assert [problem.field for problem in raised.value.problems] == ["variants.naive", "variants.naive.name"]
