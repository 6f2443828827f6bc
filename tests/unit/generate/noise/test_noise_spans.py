import pytest

from synthloop.generate.noise.spans import find_spans


def found(text: str, protected: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.kind) for span in find_spans(text, protected)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("move my 3pm to 4:30 pm", [("3pm", "number"), ("4:30 pm", "number")]),
        ("pay $1,200.50 or 50 bucks", [("$1,200.50", "amount"), ("50 bucks", "amount")]),
        ("on March 3rd, 2024 or 7th may", [("March 3rd, 2024", "date"), ("7th may", "date")]),
        ("write a.b@c.org or see https://x.org/a?b=1.", [("a.b@c.org", "address"), ("https://x.org/a?b=1", "address")]),
        ("room B12, order AB-123, covid-19", [("B12", "code"), ("AB-123", "code"), ("covid-19", "code")]),
        ("open report.pdf in /etc/cron", [("report.pdf", "file"), ("/etc/cron", "path")]),
        ("say \"good night\" and 'so long' to @sam", [('"good night"', "quotation"), ("'so long'", "quotation"), ("@sam", "handle")]),
        ("5 years, 10.30.", [("5 years", "number"), ("10.30", "number")]),
        ("ham &amp; eggs", [("&amp;", "code")]),
        ("please be there on jan. 5 or call", [("jan. 5", "date")]),
        ("it is US$ 20 or €5k, or -5 degrees", [("$ 20", "amount"), ("€5k", "amount"), ("-5", "number")]),
    ],
)
def test_what_has_a_form_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("I met Ana Lopez and John's team on Monday", ["Ana", "Lopez", "John's"]),
        ("Ana is here. Then Bob came", ["Bob"]),
        ("she is with  Ana.  Then  she left", ["Ana"]),
        ("It's fine. Thanks", []),
        ("i met ana in paris", []),
        ("CALL ME BACK NOW PLEASE", []),
        ("Please Call Me Back Tomorrow Morning", []),
        ("is The card mine", []),
        ("I can't do it, don't worry", []),
    ],
)
def test_names_are_guessed_from_capitals_within_a_sentence(text: str, names: list[str]) -> None:
    assert [text for text, kind in found(text) if kind == "name"] == names


def test_every_occurrence_of_what_is_marked_is_kept() -> None:
    assert found("the boss told the boss", ("the boss",)) == [("the boss", "protected")] * 2


def test_a_mark_wins_over_what_is_found_and_overlaps_merge() -> None:
    assert found("move my 3pm call", ("my 3pm",)) == [("my 3pm", "protected")]
    assert found("call Ana at 3", ("Ana at",)) == [("Ana at", "protected"), ("3", "number")]


def test_empty_marks_and_plain_texts_give_nothing() -> None:
    assert find_spans("cancel the call", ("", "absent")) == ()


@pytest.mark.parametrize("text", ["a" * 200_000 + " 1", "a." * 50_000 + "@", "7" * 100_000, "-" * 100_000 + "1", "x-" * 50_000 + " 1 '"])
def test_hostile_texts_do_not_hang(text: str) -> None:
    assert all(span.end <= len(text) for span in find_spans(text))
