"""Reading how a request is phrased: greeting, form, content, closing."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from synthloop.generate.lexicon.frames import FORMS, FrameForm
from synthloop.generate.lexicon.word_classes import (
    ALSO_NOUNS,
    AUXILIARIES,
    LIGHT_VERBS,
    OBJECT_STARTS,
    OPENING_WORDS,
    QUESTION_WORDS,
    REQUEST_VERBS,
    STYLE_WORDS,
    SUBJECTS,
)

Form = FrameForm | Literal["question", "statement", "fragment"]
"""How a request is put; forms without frames in the lexicon are only ever wrapped."""

ACTION_FORMS: tuple[Form, ...] = ("ask", "self", "how", "ability")
"""Forms whose core is a verb phrase."""

_EDGE = r"[,.:;!?\-–]"
_BARE_GREETING = re.compile(
    r"(?:hi there|hey there|hello there|good (?:morning|afternoon|evening)|hi|hello|hey|hiya|ok|okay|please|pls|um|uh|yo)\s+",
    re.IGNORECASE,
)
_PUNCTUATED_START = re.compile(rf"((?:[\w']+\s){{0,4}}[\w']+)\s*{_EDGE}+\s+")
_CLOSING = re.compile(
    rf"(?:\s*{_EDGE}+\s*|\s+)((?:please|pls|plz|thanks|thank you|thx|ty|cheers)(?: in advance| so much| very much| a lot)?)$", re.IGNORECASE
)
_NOUN_PHRASE = re.compile(
    r"(?:my|the|your|our|today's|tomorrow's)\s(?:(?!(?:is|are|was|were|do|does|did|can|will|if|that|when|how|like)\b)\S+\s?){1,8}$",
    re.IGNORECASE,
)
_LOOSE_END = re.compile(r"\b(?:for|to|of|on|in|at|with|about|from|like|called|doing|up|mean)$", re.IGNORECASE)
_PRONOUNS = r"(?:i|you|we|they|it|there|this|that|he|she)"
_INVERTIBLE = rf"(is|are|am|was|were|can|could|will|would|should|do|have|has)\s((?!this|that){_PRONOUNS})"
_INVERTED = re.compile(rf"{_INVERTIBLE}\s(.+)$", re.IGNORECASE)
_ASKED = re.compile(
    r"((?:why|when|where|who|how (?:much|many|long|often|far|soon)(?: \w+)??|how|what time|(?:which|what)(?: \w+)??)) "
    rf"{_INVERTIBLE}((?: \S+)*)$",
    re.IGNORECASE,
)
_WHEREABOUTS = re.compile(
    r"(where) (is|are) ((?:my|our)(?: (?!now|today|right|at|in|on|from|currently|located|\w+ing\b|\w+ed\b)\w+){1,2})$", re.IGNORECASE
)
_CLAUSE = re.compile(rf"{_PRONOUNS}\s|(?:my|the|your|our)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasing:
    """How one request is phrased."""

    form: Form
    lead: str
    """Greeting or other style before the content, as written with its mark; empty where there is none."""
    body: str
    """The request without lead, tail and end mark, first letter lowered where that is safe."""
    core: str
    """What the form's frames go around; the body itself where the form has no frames."""
    tail: str
    """Closing such as `thanks`, without marks."""
    end: str
    """End mark as written: empty, or one or more of `.?!`."""
    is_lower: bool
    """Whether the whole text is written without capitals."""
    is_capitalized: bool
    """Whether it starts with a capital."""
    is_compound: bool
    """Whether it has several sentences."""


@lru_cache(maxsize=16_384)
def read_phrasing(text: str) -> Phrasing:
    """Read how a request is phrased, by rules; what no rule knows is a fragment, which is only ever wrapped.

    Example:
        >>> read_phrasing("Hi, could you cancel my card please?").core
        'cancel my card'
    """
    stripped = " ".join(text.split())
    body = stripped.rstrip(".?! ")
    end = stripped[len(body) :].replace(" ", "")
    lead, body = _peel_lead(body)
    tail = ""
    if (closing := _CLOSING.search(body)) and closing.start() > 0:
        tail, body = closing[1], body[: closing.start()].rstrip(" .?!,")
    body = lower_start(body)
    is_compound = re.search(r"[.?!]\s", body) is not None
    form, core = _wrapped_form(body, end) if is_compound else _form(body, end)
    return Phrasing(
        form=form,
        lead=lead,
        body=body,
        core=core,
        tail=tail,
        end=end,
        is_lower=text == text.lower(),
        is_capitalized=stripped[:1].isupper(),
        is_compound=is_compound,
    )


def lower_start(text: str) -> str:
    """Return `text` with its first letter lowered where the first word is plainly no name."""
    word = re.match(r"[\w']*", text)
    first = word[0] if word else ""
    if first.lower() in _PLAIN and first not in {"I", "I'm", "I've", "I'd", "I'll"} and not first[1:].isupper():
        return text[:1].lower() + text[1:]
    return text


def is_style(text: str) -> bool:
    """Return whether a stretch consists of greeting and closing words only."""
    words = re.findall(r"[\w']+", text.lower())
    return bool(words) and all(word in STYLE_WORDS for word in words)


def starts_with_verb(text: str) -> bool:
    """Return whether a text opens with a verb in its base form, told apart from nouns by what follows."""
    words = re.findall(r"[\w'-]+", text.lower())
    if not words:
        return False
    if words[0] in LIGHT_VERBS:
        return len(words) > 1 and words[1] != "not" and not re.fullmatch(_PRONOUNS, words[1])
    if words[0] not in REQUEST_VERBS:
        return False
    return words[0] not in ALSO_NOUNS or (len(words) > 1 and words[1] in OBJECT_STARTS)


def _peel_lead(body: str) -> tuple[str, str]:
    lead = ""
    while True:
        found = _PUNCTUATED_START.match(body)
        if not (found and is_style(found[1])):
            found = _BARE_GREETING.match(body)
        if not found or found.end() >= len(body):
            return lead.strip(), body
        lead, body = lead + found[0], body[found.end() :]


def _form(body: str, end: str) -> tuple[Form, str]:
    for pattern, form in _frame_patterns():
        found = pattern.match(body)
        if found and _fits(form, found[1]):
            return form, found[1]
    if starts_with_verb(body):
        return "ask", body
    inverted = _INVERTED.match(body)
    if inverted:
        auxiliary, pronoun, rest = inverted.groups()
        return "whether", f"{pronoun} {rest}" if auxiliary.lower() == "do" else f"{pronoun} {auxiliary} {rest}"
    if asked := _ASKED.match(body) or _WHEREABOUTS.match(body):
        word, auxiliary, subject, *rest = asked.groups(default="")
        verb = "" if auxiliary.lower() == "do" else f" {auxiliary}"
        return "indirect", f"{word} {subject}{verb}{''.join(rest)}"
    return _wrapped_form(body, end)


def _wrapped_form(body: str, end: str) -> tuple[Form, str]:
    first, _, rest = body.lower().partition(" ")
    if first in QUESTION_WORDS or (first in AUXILIARIES and rest) or end.startswith("?"):
        return "question", body
    if first in SUBJECTS and rest:
        return "statement", body
    return "fragment", body


def _fits(form: Form, core: str) -> bool:
    if form in ACTION_FORMS:
        # Inside a frame, a first word that may be a noun is a verb: "i need to book flights".
        return core.lower().partition(" ")[0] in REQUEST_VERBS | LIGHT_VERBS
    if form == "indirect":
        return core.lower().partition(" ")[0] in QUESTION_WORDS and " " in core
    if form == "what":
        return _NOUN_PHRASE.match(core) is not None and not _LOOSE_END.search(core)
    return _CLAUSE.match(core) is not None


@cache
def _frame_patterns() -> tuple[tuple[re.Pattern[str], FrameForm], ...]:
    """Return a pattern for each frame of the lexicon, the longest frames first, so that the lexicon also reads what it writes."""
    frames: list[tuple[str, FrameForm]] = [(frame.rstrip("?"), form) for form, ways in FORMS.items() for frame in ways if frame != "{core}"]
    ranked = sorted(frames, key=lambda pair: -len(pair[0]))
    return tuple((re.compile(re.escape(frame).replace(r"\{core\}", "(.+)") + "$", re.IGNORECASE), form) for frame, form in ranked)


_PLAIN = QUESTION_WORDS | AUXILIARIES | SUBJECTS | REQUEST_VERBS | STYLE_WORDS | OPENING_WORDS
"""Words that are no names, whatever their case."""

__all__ = ["ACTION_FORMS", "Form", "Phrasing", "is_style", "lower_start", "read_phrasing", "starts_with_verb"]
