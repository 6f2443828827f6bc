import pytest

from synthloop.curate.misspelling import exchanges_words, is_misspelling


@pytest.mark.parametrize(
    ("one", "other"),
    [("of", "fo"), ("rome", "rmoe"), ("meeting", "meetign"), ("please", "pleese"), ("necessary", "neccesary"), ("the", "thee")],
)
def test_misspellings(one: str, other: str) -> None:
    assert is_misspelling(one, other)
    assert is_misspelling(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("on", "off"), ("on", "in"), ("car", "cat"), ("rome", "dome"), ("sunday", "monday"), ("account", "amount")]
)
def test_other_words(one: str, other: str) -> None:
    assert not is_misspelling(one, other)
    assert not is_misspelling(other, one)


@pytest.mark.parametrize(
    ("one", "other", "exchanged"),
    [
        ("move it to day", "move it today", False),
        ("move it", "please move it now", False),
        ("move it to monday", "move it to friday", True),
        ("call the dentist and the bank", "call the bank and the dentist", False),
        ("wich day is the best", "which day is teh best", False),
        ("wich day is the best", "which day is the worst", True),
    ],
)
def test_exchanged_words(one: str, other: str, *, exchanged: bool) -> None:
    assert exchanges_words(one, other) is exchanges_words(other, one) is exchanged
