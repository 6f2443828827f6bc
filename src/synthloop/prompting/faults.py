"""What is wrong with a model's answer before anybody reads its content: empty, refused, cut off, gibberish."""

import re
from collections import Counter

from synthloop.core.model import Fault, FaultKind, ModelReply

_REFUSAL = re.compile(
    r"^\W*(i('| a)?m (very |really |truly )?(sorry|unable|not able)|sorry,? (but )?i"
    r"|i (can'?t|cannot|won'?t|will not|am not able to|must decline)|as an ai\b|i apologi[sz]e\b|unfortunately,? i (can'?t|cannot|am))",
    re.IGNORECASE,
)
_REFUSES = re.compile(r"\b(can'?t|cannot|won'?t|unable|not able|decline|against|as an ai|not comfortable|inappropriate)\b", re.IGNORECASE)
_BEGINS_DATA = frozenset("{[`")
_ENOUGH = 24
"""Letters below which nothing is called gibberish: short answers look odd by nature."""
_MOST_ODD = 0.3
_MOST_OF_ONE_WORD = 0.5
_WORDS_TO_REPEAT = 12


def find_fault(reply: ModelReply) -> Fault | None:
    """Return what makes an answer useless whatever was asked, or None.

    Refusals are told by the provider's own mark, or by an answer that begins as refusals do; a sample that quotes one is not taken for one
    where the answer is JSON.
    """
    if why := _find_refusal(reply):
        return Fault(kind="refusal", message=why, raw=reply.text)
    found = _find_defect(reply)
    return Fault(kind=found[0], message=found[1], raw=reply.text) if found else None


def _find_refusal(reply: ModelReply) -> str:
    text = reply.text.strip()
    if reply.refusal:
        return f"the provider marked it as a refusal: {reply.refusal[:200]}"
    if reply.finish == "filtered":
        return "the provider withheld the answer"
    return "it would not answer" if text[:1] not in _BEGINS_DATA and _REFUSAL.search(text) and _REFUSES.search(text[:300]) else ""


def _find_defect(reply: ModelReply) -> tuple[FaultKind, str] | None:
    cut = reply.finish == "length"
    if not reply.text.strip():
        return "empty", "all tokens went before anything was said; raise max_tokens" if cut else "nothing was said"
    if cut:
        return "cut-off", "the answer was cut at the limit of tokens; raise max_tokens"
    if is_gibberish(reply.text):
        return "gibberish", "it makes no sense: hardly any words, or the same one again and again"
    return None


def is_gibberish(text: str) -> bool:
    """Tell whether a longer text is hardly made of words: control and replacement characters, or one word again and again.

    Any script counts as words. Random words of a language are not recognised: that takes a judge.

    Example:
        >>> is_gibberish("the the the the the the the the the the the the the the the")
        True
        >>> is_gibberish("please move my call with Ana to thursday afternoon")
        False
    """
    letters = "".join(text.split())
    if len(letters) < _ENOUGH:
        return False
    if _count_odd(letters) > _MOST_ODD * len(letters):
        return True
    words = text.lower().split()
    if len(words) >= _WORDS_TO_REPEAT and Counter(words).most_common(1)[0][1] > _MOST_OF_ONE_WORD * len(words):
        return True
    return not any(letter.isalnum() for letter in letters)


def _count_odd(letters: str) -> int:
    if letters.isprintable() and "\ufffd" not in letters:  # nearly always, and much quicker than a look at every letter
        return 0
    return sum(1 for letter in letters if not letter.isprintable() or letter == "\ufffd")


__all__ = ["find_fault", "is_gibberish"]
