"""Components by name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthloop.core.errors import DuplicateComponentError, UnknownComponentError, UsageError
from synthloop.core.registry import Registry, load_attribute, spec_of

HERE = __name__


@dataclass(frozen=True, slots=True, kw_only=True)
class Typos:
    """Mistype letters.

    More words that nobody lists.
    """

    rate: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.05
    kinds: tuple[str, ...] = ("transposition",)
    words: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Match a pattern."""

    pattern: str | None


def shout(text: str) -> str:
    return text.upper()


@dataclass(frozen=True, slots=True)
class Wrapped:
    name: str
    function: Callable[..., Any]


@pytest.fixture
def registry() -> Registry[Any]:
    made: Registry[Any] = Registry("noisers", {"lineage": "synthloop.core.lineage:Lineage"}, adapt=Wrapped)
    made.add("typos", Typos)
    made.add("pattern", Pattern)
    made.add("shout", shout)  # pyright: ignore[reportArgumentType] - a plain function, which `adapt` wraps
    return made


def test_a_component_is_built_with_its_parameters(registry: Registry[Any]) -> None:
    assert registry.build("typos") == Typos()
    assert registry.build("typos", {"rate": 0.5, "kinds": ["a", "b"], "words": {"a": "b"}}) == Typos(
        rate=0.5, kinds=("a", "b"), words={"a": "b"}
    )
    assert registry.names() == ("lineage", "pattern", "shout", "typos")


def test_a_plain_function_is_wrapped_and_takes_no_parameters(registry: Registry[Any]) -> None:
    assert registry.build("shout") == Wrapped("shout", shout)
    with pytest.raises(UsageError, match="noiser 'shout' is a plain function and takes no parameters"):
        registry.build("shout", {"rate": 1})


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("typo", {}, "no noiser is called 'typo'. Did you mean 'typos'? `synthloop components noisers` lists them."),
        ("xyzzy", {}, "no noiser is called 'xyzzy'. `synthloop components noisers` lists them."),
        ("", {}, "no noiser is called ''. `synthloop components noisers` lists them."),
        ("typos", {"rat": 1}, "noiser 'typos' has no parameter 'rat'. Did you mean 'rate'?"),
        ("typos", {"rate": 2.0}, "noiser 'typos': rate: "),
        ("typos", {"rate": "much"}, "noiser 'typos': rate: "),
        ("pattern", {}, "noiser 'pattern': "),
        ("nowhere.at.all:Thing", {}, "'nowhere.at.all:Thing': there is no module 'nowhere'."),
        ("synthloop.core.lineage:Linage", {}, "'synthloop.core.lineage:Linage': the module has no 'Linage'. Did you mean 'Lineage'?"),
        ("synthloop.core.lineage:", {}, "'synthloop.core.lineage:': the module has no ''."),
        (":Lineage", {}, "':Lineage': "),
        (".lineage:Lineage", {}, "'.lineage:Lineage': "),
        ("C:\\apps\\noise.py", {}, "'C:\\\\apps\\\\noise.py': there is no module 'C'."),
        ("my-app:route", {}, "'my-app:route': 'my-app' is no module's name. Fix: write it as 'package.module:name'."),
    ],
)
def test_what_is_wrong_is_said(registry: Registry[Any], name: str, parameters: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        registry.build(name, parameters)
    assert str(caught.value).startswith(says)


def test_a_module_that_raises_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "module_that_raises.py").write_text("1 / 0")
    (tmp_path / "module_that_is_not_python.py").write_text("def (")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UsageError, match="importing module_that_raises failed with ZeroDivisionError: division by zero"):
        load_attribute("module_that_raises:route")
    with pytest.raises(UsageError, match="importing module_that_is_not_python failed with SyntaxError"):
        load_attribute("module_that_is_not_python:route")
    # a script without `if __name__ == "__main__"`: `synthloop gate` would end with 0, and CI would read that as a pass
    (tmp_path / "module_that_exits.py").write_text("import sys\nsys.exit(0)")
    with pytest.raises(UsageError, match="importing module_that_exits failed with SystemExit: 0"):
        load_attribute("module_that_exits:route")


def test_what_a_module_prints_on_import_stays_out_of_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "module_that_prints.py").write_text("print('loading the model')\nroute = str")
    monkeypatch.syspath_prepend(tmp_path)
    load_attribute("module_that_prints:route")
    assert capsys.readouterr() == ("", "loading the model\n")


def publish(folder: Path, package: str, name: str, location: str) -> None:
    metadata = folder / f"{package}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[synthloop.noisers]\n{name} = {location}\n")


def test_a_published_plugin_is_found_by_name(registry: Registry[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, "stammer", "stammer", "synthloop.core.lineage:Lineage")
    monkeypatch.syspath_prepend(tmp_path)
    assert "stammer" in registry.names()
    assert registry.find("stammer") is load_attribute("synthloop.core.lineage:Lineage")


@pytest.mark.parametrize("name", ["stammer", "lineage"])
def test_a_published_name_that_is_taken_is_refused(
    registry: Registry[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    publish(tmp_path, "one", name, "one:Noiser")
    publish(tmp_path, "two", name, "two:Noiser")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(DuplicateComponentError, match=f"the name '{name}' of .*:Noiser is taken"):
        registry.names()


def test_a_name_is_never_replaced(registry: Registry[Any]) -> None:
    for taken in ("typos", "lineage"):
        with pytest.raises(DuplicateComponentError, match=f"the name '{taken}' is taken"):
            registry.add(taken, Typos)


def test_a_location_needs_no_registration() -> None:
    assert load_attribute("synthloop.core.lineage:content_id") is not None
    with pytest.raises(UnknownComponentError):
        load_attribute("synthloop.core.lineage:Nothing")


@given(st.builds(Typos, rate=st.floats(0, 1), kinds=st.tuples(st.text()) | st.just(()), words=st.dictionaries(st.text(), st.text())))
def test_a_spec_rebuilds_its_component(component: Typos) -> None:
    registry: Registry[Any] = Registry("noisers", {})
    registry.add("typos", Typos)
    spec = spec_of("noisers", "typos", component)
    saved = msgspec.json.decode(msgspec.json.encode(spec), type=type(spec))
    assert registry.build(saved.name, saved.parameters) == component


def test_a_spec_holds_what_differs_from_the_defaults_and_all_that_is_required() -> None:
    assert spec_of("noisers", "typos", Typos()).parameters == {}
    assert spec_of("noisers", "typos", Typos(rate=0.5)).parameters == {"rate": 0.5}
    assert spec_of("noisers", "pattern", Pattern(pattern=None)).parameters == {"pattern": None}
    assert spec_of("noisers", "shout", shout).parameters == {}
