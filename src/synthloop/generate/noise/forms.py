"""The form of a text: what of its wording decides how it begins and ends, whoever writes it."""

import re
from typing import Literal, NamedTuple

from synthloop.generate.noise.fillers import OPENING_FILLERS

Asks = Literal["question", "request", "statement"]
"""Whether the last sentence asks: with a question word, with a verb ("can you", "is it"), or not. Told by words, never by marks."""
Size = Literal["short", "single", "several"]
"""Up to four words, one sentence, or several."""

_LEADS = "|".join(sorted({*OPENING_FILLERS, "hi", "hello", "and", "but", "okay", "please"}))
_ASKING = re.compile(
    rf"\W*(?:(?:{_LEADS})\b\W*)*"
    r"(?:(who|whom|whose|what|which|when|where|why|how|whats|what's|how's|where's|who's|wheres|hows|whos|wat)|"
    r"is|are|am|was|were|do|does|did|can|could|will|would|should|shall|may|has|have|had|isn't|aren't|don't|doesn't|didn't|can't|couldn't|"
    r"won't|wouldn't|isnt|arent|didnt|doesnt|couldnt|wouldnt|any(?:one|body)|r)(?![\w'’])",
    re.IGNORECASE,
)
_ASKING_STARTS_LIST = """
who whom whose what which when where why how whats wheres hows whos wat is are am was were do does did can could will would should shall may
has have had isn aren don doesn didn couldn won wouldn isnt arent didnt doesnt couldnt wouldnt anyone anybody r
"""
_ASKING_STARTS = frozenset((*_LEADS.split("|"), *_ASKING_STARTS_LIST.split()))
"""What `_ASKING` may begin with: most statements are told by their first word."""
_START = re.compile(r"\W*([^\W_]*)")
_SENTENCE_BREAK = re.compile(r"[.?!…]\s|\n")
_LAST_SENTENCE = re.compile(r".*(?:[.?!…]\s+|\n\s*)(?=\W{0,3}\w)", re.DOTALL)
_FIRST_I = re.compile(r"\s*i(?:['’]?m|['’]?ve|['’]ll|['’]d)?(?![\w'’])", re.IGNORECASE)
_SHORT = 4


class Form(NamedTuple):
    """What is known of a text before noise decides on its first letter and its end mark."""

    asks: Asks
    first_i: bool
    """Whether it begins with "I", which most people write as a capital who else skip them."""
    size: Size


def form_of(text: str) -> Form:
    """Return the form of a text.

    Example:
        >>> form_of("I lost my card. what do i do")
        Form(asks='question', first_i=True, size='several')
        >>> form_of("um can you help me out today").asks, form_of("thanks a lot").size
        ('request', 'short')
    """
    last = _LAST_SENTENCE.match(text) if _SENTENCE_BREAK.search(text) else None
    asking = _find_asking(text, last.end() if last else 0)
    asks: Asks = "statement" if asking is None else "question" if asking[1] else "request"
    size: Size = "several" if last else "short" if text.count(" ") < _SHORT else "single"
    return Form(asks, _FIRST_I.match(text) is not None, size)


def _find_asking(text: str, at: int) -> re.Match[str] | None:
    start = _START.match(text, at)
    return _ASKING.match(text, at) if start is None or start[1].lower() in _ASKING_STARTS else None


__all__ = ["Asks", "Form", "Size", "form_of"]
