from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from synthloop.adapters.models.prices import Price
from synthloop.core.errors import ProjectError
from synthloop.generate.briefs import Steering, plan_briefs
from synthloop.project.init import init_project
from synthloop.project.model_config import ModelConfig
from synthloop.project.models import LazyModels, build_model
from synthloop.project.prices import OLD_DAYS
from synthloop.project.project import Project, load_project


def load(folder: Path, text: str, **files: str) -> Project:
    if not folder.joinpath("behaviors").exists():
        init_project(folder)
    (folder / "synthloop.yaml").write_text(f"app: app:route\n{text}\n")
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content)
    return load_project(folder)


def problems(folder: Path, text: str, **files: str) -> list[str]:
    with pytest.raises(ProjectError) as caught:
        load(folder, text, **files)
    return [str(problem) for problem in caught.value.problems]


def say(config: ModelConfig) -> tuple[str, str, str, Mapping[str, str]]:
    return config.api, config.model, config.url, config.headers


FORMS: list[tuple[str, tuple[str, str, str, dict[str, str]]]] = [
    ("openai:gpt-x", ("openai", "gpt-x", "https://api.openai.com/v1", {"Authorization": "Bearer ${OPENAI_API_KEY}"})),
    ("anthropic:claude-x", ("anthropic", "claude-x", "https://api.anthropic.com", {"x-api-key": "${ANTHROPIC_API_KEY}"})),
    ("http://127.0.0.1:8080/v1", ("openai", "", "http://127.0.0.1:8080/v1", {})),
    ("ollama:llama3:8b", ("openai", "llama3:8b", "http://127.0.0.1:11434/v1", {})),
    ("local:behaviors", ("local", "behaviors", "", {})),
    (
        "{url: 'https://host/v1', model: 'org/m:free', key: '${K}'}",
        ("openai", "org/m:free", "https://host/v1", {"Authorization": "Bearer ${K}"}),
    ),
    ("{url: 'https://host', model: m, api: anthropic, key: '${K}'}", ("anthropic", "m", "https://host", {"x-api-key": "${K}"})),
    ("{model: 'openai:gpt-x', key: '${MINE}'}", ("openai", "gpt-x", "https://api.openai.com/v1", {"Authorization": "Bearer ${MINE}"})),
]


@pytest.mark.parametrize(("written", "said"), FORMS)
def test_a_model_is_one_line_or_a_mapping(tmp_path: Path, written: str, said: tuple[Any, ...]) -> None:
    (config,) = load(tmp_path, f"model: {written}").models
    assert (config.name, *say(config)) == ("model", *said)


def test_named_models_have_their_own_settings_and_limits(tmp_path: Path) -> None:
    entry = "{model: 'openai:gpt-x', parameters: {temperature: 0.9}, structured: tool, in_flight: 8, tokens_per_minute: 90000, retries: 1}"
    project = load(tmp_path, f"model: ollama:small\nmodels: {{writer: {entry}}}")
    main, writer = project.models
    assert (main.name, main.limits.learns, main.limits.in_flight) == ("model", True, 32)
    assert (writer.parameters, writer.structured, writer.limits.in_flight) == ({"temperature": 0.9}, "tool", 8)
    assert (writer.limits.tokens_per_minute, writer.limits.retries, writer.limits.learns) == (90000, 1, True)


def test_a_version_follows_what_answers_depend_on_and_never_the_key_or_the_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(text: str) -> str:
        (config,) = load(tmp_path, f"model: {{url: 'https://host/v1', model: m, {text}}}").models
        return build_model(config, root=tmp_path).version

    monkeypatch.setenv("K", "sk-one")
    plain = version("key: '${K}'")
    monkeypatch.setenv("K", "sk-two")
    same = [version(text) for text in ("key: '${K}'", "in_flight: 3, retries: 0", "proxies: true", "timeout_s: 3")]
    assert set(same) == {plain}
    other = [version(text) for text in ("parameters: {temperature: 1}", "structured: prompt", "version: second")]
    assert len({plain, *other}) == 4


def test_models_are_built_when_they_are_taken_out_and_need_no_key_until_they_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    project = load(tmp_path, "model: openai:gpt-x")
    models = LazyModels(project.models, tmp_path)
    assert (list(models), "model" in models, "other" in models) == (["model"], True, False)
    assert models["model"] is models["model"]
    assert "OPENAI_API_KEY" not in models["model"].version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model: gpt-x", "synthloop.yaml:2: model: a model is wanted here, not 'gpt-x'. Write `openai:NAME`"),
        ("model: gemini:flash", "synthloop.yaml:2: model: it must be known where the model is. Add `url`, or write `openai:...`"),
        ("model: {model: gpt-x}", "synthloop.yaml:2: model.model: it must be known where the model is."),
        ("model: {url: 'ftp://host'}", "synthloop.yaml:2: model.url: 'ftp://host' is no http(s) address."),
        ("model: local:nowhere", "synthloop.yaml:2: model: there is no folder 'nowhere'."),
        ("model: {url: 'http://h/v1', ca_file: no.pem}", "model.ca_file: there is no file 'no.pem'."),
        ("model: {url: 'http://h/v1', api: anthropic}", "model: an endpoint of this protocol wants a name. Add `model`."),
        ("model: ollama:a\nmodels: {model: 'ollama:b'}", "synthloop.yaml:3: models.model: 'model' is the name of the one under `model`."),
        ("models: {app: 'ollama:b'}", "synthloop.yaml:2: models.app: an app is called 'app' as well. Give the model another name."),
        ("variants: {x: {timeout_s: 3}}\nmodels: {x: 'ollama:b'}", "synthloop.yaml:3: models.x: an app is called 'x' as well."),
        (
            "model: {url: 'http://h/v1', parameters: {stream: true}}",
            "model.parameters.stream: 'stream' is said by synthloop itself. Remove it.",
        ),
        ("model: {url: 'http://h/v1', timeout: 3}", "model.timeout: unknown key 'timeout'. Did you mean 'timeout_s'?"),
        ("prices: no.yaml", "synthloop.yaml:2: prices: there is no file 'no.yaml'. Write it:"),
    ],
)
def test_problems_say_where_and_how_to_fix_them(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in problem for problem in problems(tmp_path, text)), problems(tmp_path, text)


@pytest.mark.parametrize(
    ("entry", "fix"),
    [
        ("key: sk-abcdefghijklmnop1234", "Write `${WRITER_2_API_KEY}`, set that environment variable, and replace the key"),
        ("key: hunter2", "Write `${WRITER_2_API_KEY}`"),
        ("key: OPENAI_API_KEY", "Write `${OPENAI_API_KEY}`."),
        ("headers: {Authorization: Bearer abcdefgh}", "Write `${MY_API_KEY}`"),
        ("headers: {X: sk-abcdefghijklmnop1234}", "Write `${MY_API_KEY}`"),
        ("parameters: {user: sk-abcdefghijklmnop1234}", "Write `${MY_API_KEY}`"),
        ("url: sk-abcdefghijklmnop1234", "Write `${MY_API_KEY}`"),
        ("structured: sk-abcdefghijklmnop1234", "a secret is not known here."),
    ],
)
def test_a_key_that_is_pasted_into_the_file_is_refused_and_not_repeated(tmp_path: Path, entry: str, fix: str) -> None:
    where = "" if entry.startswith("url") else "url: 'http://h/v1', "
    (said,) = problems(tmp_path, f"models: {{writer-2: {{{where}{entry}}}}}")
    assert fix in said
    assert "abcdefgh" not in said
    assert "hunter2" not in said


PRICES = """\
as_of: {day}
models:
  gpt-x: {{usd_per_million_in: 2, usd_per_million_out: 8}}
  cheap: {{usd_per_million_in: 0, usd_per_million_out: 0.5}}
"""


def days_ago(days: int) -> str:
    return (datetime.now(tz=UTC).date() - timedelta(days=days)).isoformat()


def test_a_price_belongs_to_a_model_by_either_of_its_names(tmp_path: Path) -> None:
    models = "prices: prices.yaml\nmodels: {cheap: 'openai:gpt-x', dear: 'openai:gpt-x', other: 'ollama:x'}"
    project = load(tmp_path, models, prices=PRICES.format(day=days_ago(1)))
    assert [config.price for config in project.models] == [
        Price(usd_per_million_in=0, usd_per_million_out=0.5),
        Price(usd_per_million_in=2, usd_per_million_out=8),
        None,
    ]
    assert project.warnings == ()


def test_old_prices_are_used_with_a_warning_that_says_their_day(tmp_path: Path) -> None:
    fresh = load(tmp_path, "prices: prices.yaml", prices=PRICES.format(day=days_ago(OLD_DAYS)))
    assert fresh.warnings == ()
    old = days_ago(OLD_DAYS + 1)
    (warning,) = load(tmp_path, "prices: prices.yaml\nmodel: openai:gpt-x", prices=PRICES.format(day=old)).warnings
    assert str(warning).startswith(f"prices.yaml:1: as_of: the prices are of {old}, 181 days ago")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("models: {}", "prices.yaml: 'as_of' is missing."),
        (PRICES.format(day="soon"), "prices.yaml:1: as_of: 'soon' is no day. Write it as YYYY-MM-DD."),
        (PRICES.format(day="2999-01-01"), "prices.yaml:1: as_of: 2999-01-01 lies ahead."),
        ("as_of: 2026-11-01\nmodels:\n  x: {usd_per_million_in: 2}", "prices.yaml:3: models.x: 'usd_per_million_out' is missing."),
        (
            "as_of: 2026-11-01\nmodels:\n  x: {usd_per_million_in: -2, usd_per_million_out: 1}",
            "prices.yaml:3: models.x.usd_per_million_in: -2 is out",
        ),
        ("as_of: 2026-11-01\nmodels: {x: free}", "prices.yaml:2: models.x: a mapping is wanted here"),
    ],
)
def test_problems_of_the_price_file_name_its_line(tmp_path: Path, content: str, said: str) -> None:
    assert any(problem.startswith(said) for problem in problems(tmp_path, "prices: prices.yaml", prices=content)), problems(
        tmp_path, "prices: prices.yaml", prices=content
    )


def test_a_cap_in_money_towards_which_a_model_does_not_count_is_said(tmp_path: Path) -> None:
    (warning,) = load(tmp_path, "model: openai:gpt-y\nbudget: {usd: 5}").warnings
    assert "what the model 'model' costs does not count: its price is unknown. Name it in a price file" in str(warning)


@pytest.mark.parametrize("locale", ["en-GB", "de", "ja-JP", "''"])
def test_of_well_known_varieties_nothing_is_said(tmp_path: Path, locale: str) -> None:
    assert not load(tmp_path, f"model: ollama:small\nwriting: {{locale: {locale}}}").warnings


def test_little_known_varieties_want_samples_by_people_who_speak_them(tmp_path: Path) -> None:
    (warning,) = load(tmp_path, "model: ollama:small\nwriting: {locale: gsw-CH}").warnings
    assert "models may write 'gsw-CH' badly, and nothing here can tell" in str(warning)
    assert "Have people who speak it read some of what is written" in str(warning)


def test_a_behavior_has_a_locale_of_its_own_and_says_what_it_lacks(tmp_path: Path) -> None:
    init_project(tmp_path)
    (tmp_path / "behaviors" / "hilf.yaml").write_text("says: A\nexpected: hilf\nlocale: gsw-CH\nauthored: [chasch mer hälfe]\n")
    project = load(tmp_path, "model: ollama:small\nwriting: {share: 0.5}")
    (warning,) = project.warnings
    assert "write `authored` samples, 5 or more each, which models are shown: hilf (1)." in str(warning)
    numbers, own = range(2), next(each for each in project.behaviors if each.id == "hilf")
    briefs = plan_briefs(own, project.behaviors, project.writing.settings, numbers=numbers, steering=Steering(), seed=1)
    assert {assignment.brief.locale for assignment in briefs} == {"gsw-CH"}
