"""Prompts are files: shipped ones can be replaced, and a placeholder that nothing fills is found before anything is asked."""

import pytest

from synthloop.core.errors import UsageError
from synthloop.core.prompt import read_prompt
from synthloop.prompting.library import list_prompts, load_prompt, make_prompts, read_shipped


@pytest.mark.parametrize("name", list_prompts())
def test_every_shipped_prompt_can_be_read_and_copied(name: str) -> None:
    prompt = load_prompt(name)
    assert prompt.user
    assert read_prompt(read_shipped(name), name=name) == prompt


def test_a_users_prompt_takes_the_place_of_the_shipped_one_and_changes_its_digest() -> None:
    own = read_prompt("# system\nBe brief.\n# user\nWrite {{count}} about: {{says}}", name="voice", source="prompts/voice.md")
    prompts = make_prompts([own])
    assert prompts["voice"] == own
    assert prompts["voice"].digest != load_prompt("voice").digest
    assert set(prompts) >= set(list_prompts())


def test_a_placeholder_that_nothing_fills_is_found_early() -> None:
    own = read_prompt("# user\nWrite {{cuont}}.", name="voice", source="prompts/voice.md")
    with pytest.raises(UsageError, match=r"prompts/voice\.md: nothing fills \{\{cuont\}\}\. Did you mean 'count'\?"):
        make_prompts([own])


@pytest.mark.parametrize("name", ["compare", "grade", "judge", "personas"])
def test_what_only_briefs_fill_is_found_early_where_there_is_no_brief(name: str) -> None:
    own = read_prompt("# user\nThink of {{persona}}.", name=name, source=f"prompts/{name}.md")
    with pytest.raises(UsageError, match=rf"prompts/{name}\.md: nothing fills {{{{persona}}}}"):
        make_prompts([own])


def test_a_prompt_that_asks_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match=r"prompts/voice\.md: the prompt asks nothing"):
        read_prompt("Write something.", name="voice", source="prompts/voice.md")


def test_an_unknown_prompt_suggests_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'voice'"):
        load_prompt("vioce")


def test_what_is_put_in_is_never_searched_for_placeholders() -> None:
    prompt = read_prompt("# user\n{{a}} and {{ b }}", name="x")
    assert prompt.fill({"a": "{{b}}", "b": "2", "c": "unused"})[0].text == "{{b}} and 2"
    with pytest.raises(UsageError, match="nothing fills"):
        prompt.fill({"a": "1"})
