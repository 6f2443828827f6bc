import re
from importlib.resources import files

import pytest

from synthloop.generate.english import fit_article
from synthloop.generate.lexicon.inflection import past_forms, plural, present_participle
from synthloop.generate.lexicon.synonyms import DETERMINER, SECTIONS, parse_groups, read_groups, shipped_lexicon
from synthloop.generate.lexicon.word_classes import DETERMINERS
from synthloop.generate.rewording import find_swaps

WORDS = files("synthloop.generate.lexicon") / "words"


def choices(text: str, *, opens_with_verb: bool = False) -> dict[str, tuple[str, ...]]:
    swaps = find_swaps(text, opens_with_verb=opens_with_verb, kept=(), synonyms={})
    return {text[swap.start : swap.end]: swap.choices for swap in swaps}


def test_the_lexicon_is_broad() -> None:
    assert len(read_groups()) > 1500


@pytest.mark.parametrize("file", [pytest.param(entry, id=entry.name) for entry in WORDS.iterdir()])
def test_every_line_is_a_section_a_comment_or_a_group(file: object) -> None:
    lines = WORDS.joinpath(getattr(file, "name", "")).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    headings = [line.strip("[]") for line in lines if line.startswith("[")]
    assert set(headings) <= set(SECTIONS)
    assert len(headings) == len(set(headings))
    entry = r"[a-z0-9~][a-z0-9~' -]*[a-z0-9.]"
    for line in lines:
        assert re.fullmatch(rf"# .*|\[\w+\]|{entry}(?:, {entry})*(?: > {entry}(?:, {entry})*)?", line), line


def test_groups_have_two_different_entries_and_stand_once() -> None:
    groups = read_groups()
    assert len(set(groups)) == len(groups)
    for group in groups:
        assert len({*group.replaced, *group.by}) > 1
        assert len(set(group.replaced)) == len(group.replaced)
        assert len(set(group.by)) == len(group.by)


def test_only_actions_have_determiners_and_then_all_entries_of_a_group_do() -> None:
    for group in read_groups():
        marked = {entry.count(DETERMINER) for entry in (*group.replaced, *group.by)}
        assert marked in ({0}, {1}) if group.section == "actions" else marked == {0}


def test_no_phrase_is_replaced_by_itself_and_two_way_groups_are_symmetric() -> None:
    lexicon = shipped_lexicon()
    assert all(phrase not in sense.choices for phrase, senses in lexicon.items() for sense in senses)
    for group in read_groups():
        if group.replaced == group.by and group.section == "phrases":
            first, second = group.replaced[:2]
            assert any(second in sense.choices for sense in lexicon[first])
            assert any(first in sense.choices for sense in lexicon[second])


def test_no_noun_group_begins_with_a_determiner() -> None:
    nouns = [entry for group in read_groups() if group.section == "nouns" for entry in (*group.replaced, *group.by)]
    assert not [noun for noun in nouns if noun.split(" ")[0] in DETERMINERS]


def test_a_file_is_parsed_line_by_line() -> None:
    both, one_way = parse_groups("# note\n[nouns]\nsofa, couch\n\n[verbs]\nmend > fix, repair\n")
    assert (both.section, both.replaced, both.by) == ("nouns", ("sofa", "couch"), ("sofa", "couch"))
    assert (one_way.section, one_way.replaced, one_way.by) == ("verbs", ("mend",), ("fix", "repair"))


@pytest.mark.parametrize(
    ("noun", "several"),
    [("card", "cards"), ("box", "boxes"), ("delivery", "deliveries"), ("way to pay", "ways to pay"), ("child", "children")],
)
def test_plurals(noun: str, several: str) -> None:
    assert plural(noun) == several


@pytest.mark.parametrize(
    ("verb", "doing", "did", "done"),
    [
        ("book", "booking", "booked", "booked"),
        ("stop", "stopping", "stopped", "stopped"),
        ("write", "writing", "wrote", "written"),
        ("tie", "tying", "tied", "tied"),
        ("wire", "wiring", "wired", "wired"),
        ("call off", "calling off", "called off", "called off"),
        ("see to", "seeing to", "saw to", "seen to"),
        ("clean", "cleaning", "cleaned", "cleaned"),
    ],
)
def test_verb_forms(verb: str, doing: str, did: str, done: str) -> None:
    assert (present_participle(verb), *past_forms(verb)) == (doing, did, done)


def test_verbs_are_swapped_only_where_the_grammar_shows_a_verb() -> None:
    assert "review" in choices("review the contract", opens_with_verb=True)
    assert "review" in choices("i need to review the contract")
    assert "review" not in choices("where is the review of my contract")
    assert choices("is reviewing the contract done")["reviewing"] == ("going over", "looking over")
    assert "postponed" not in choices("a postponed show")
    assert choices("the show has been postponed")["postponed"] == ("pushed back", "put off")
    assert "get" not in choices("get a table", opens_with_verb=True)


def test_determiners_are_kept_with_their_article_fitted() -> None:
    assert "update her pin" in choices("i want to change her pin")["change her pin"]
    assert "take an exam" in choices("i sit an exam")["sit an exam"]
    assert "take a test" in choices("i sit an exam")["sit an exam"]


def test_names_and_longer_letters_are_left_alone() -> None:
    assert "Doctor" not in choices("play the song by Doctor No")
    assert choices("İ lost my couch") == {}


def test_indefinite_articles_fit_within_every_entry() -> None:
    entries = {entry for group in read_groups() for entry in (*group.replaced, *group.by)}
    wrong = [entry for entry in entries for at in re.finditer(r"\ban? (\w+)", entry) if fit_article("a ", at[1]) + at[1] != at[0]]
    assert wrong == []
