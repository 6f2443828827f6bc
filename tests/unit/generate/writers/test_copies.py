"""Copies of real messages are found in any script, and what merely sounds alike is none."""

import pytest

from synthloop.generate.writers.copies import count_changes, find_copied, read_words

COPIES = [
    ("well, my card was declined at the store. again", "my card was declined at the store"),
    ("Wo bleibt denn meine Bestellung von letzter Woche??", "wo bleibt denn meine bestellung von letzter woche"),
    ("मेरा कार्ड कल दुकान पर नहीं चला भाई", "मेरा कार्ड कल दुकान पर नहीं चला"),
    ("すみません、昨日注文した荷物がまだ届いていません", "昨日注文した荷物がまだ届いていません。どうなっていますか"),
    ("เมื่อวานฉันสั่งของแล้วยังไม่ได้รับเลย", "เมื่อวานฉันสั่งของแล้วยังไม่ได้รับ"),
]
NO_COPIES = [
    ("my card was eaten by the machine", "my card was declined at the store"),
    ("मेरा फोन कल बारिश में भीग गया", "मेरा कार्ड कल दुकान पर नहीं चला"),
    ("荷物の場所を教えて", "昨日注文した荷物がまだ届いていません"),
    ("ok thanks", "ok thanks"),
]


@pytest.mark.parametrize(("text", "example"), COPIES)
def test_copies_are_found_in_any_script(text: str, example: str) -> None:
    assert find_copied(text, ["something else entirely, i think", example]) == example


@pytest.mark.parametrize(("text", "example"), NO_COPIES)
def test_what_sounds_alike_is_no_copy(text: str, example: str) -> None:
    assert find_copied(text, [example]) is None


def test_vowel_signs_do_not_tear_words_apart() -> None:
    assert read_words("हिन्दी में") == ["हिन्दी", "में"]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("move my 3pm", "Move my 3pm!", (0, 3)),
        ("move my 3pm", "don't move my 3pm", (1, 4)),
        ("会議を明日にする", "会議を明後日にする", (1, 9)),
    ],
)
def test_changes_are_counted_in_words_or_letters(before: str, after: str, changes: tuple[int, int]) -> None:
    assert count_changes(before, after) == changes
