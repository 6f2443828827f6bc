"""Words that set texts apart."""

from synthloop.distill.wording import find_telling_words


def test_texts_of_one_and_the_same_word_are_told_apart_by_it() -> None:
    assert find_telling_words(["start", "start"], ["hello", "hi"]) == ("start",)
    assert find_telling_words(["start"], []) == ("start",)
