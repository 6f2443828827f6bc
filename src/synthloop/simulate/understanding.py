"""What a simulated user makes of what the app says: by the app's state, the quick replies it offers, and patterns.

Where it can make nothing of it, it says so, and the user behaves as people do who don't understand.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from synthloop.core.conversation import AppReply, Talk
from synthloop.core.end_state import compile_pattern, matches_state
from synthloop.simulate.phrases import CONFIRM, LOST, NO, YES

_SENTENCES = re.compile(r"[^.?!\n]+[.?!]*")
_OPEN_QUESTION = re.compile(r"\b(?:what|which|where|when|who|whom|whose|how|why)\b", re.IGNORECASE)

Kind = Literal["asks", "confirms", "asks-other", "question", "statement", "silent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What the app's turn is taken for."""

    kind: Kind
    slot: str = ""
    """Of `asks`: what it asks for."""
    answer: str = ""
    """Of `asks-other`: what the behavior says to answer."""
    lost: bool = False
    """Whether the app says that it did not understand."""
    quick_replies: tuple[str, ...] = ()
    text: str = ""
    """What the app said."""

    @property
    def name(self) -> str:
        """How transcripts say it."""
        name = f"asks {self.slot}" if self.kind == "asks" else {"question": "unclear question"}.get(self.kind, self.kind)
        return f"lost, {name}" if self.lost else name


def understand(reply: AppReply, talk: Talk, sayings: Mapping[str, Sequence[str]]) -> Understanding:
    """Return what an app's turn is taken for.

    Args:
        reply: What it said.
        talk: How its questions are known.
        sayings: Slot -> everything that its values are called, to know a question by the quick replies it offers.

    Example:
        >>> reply = AppReply(messages=("Sorry, I didn't get that. Pick one:",), quick_replies=("Online", "In person"))
        >>> understand(reply, Talk(), {"channel": ["online", "in person", "both"]}).name
        'lost, asks channel'
    """
    text = "\n".join(message for message in reply.messages if message.strip())
    if not text:
        return Understanding(kind="silent")
    lost = any(compile_pattern(pattern).search(text) for pattern in (*talk.lost, *LOST))
    slot = find_question(reply, text, talk) or match_quick_replies(reply.quick_replies, sayings)
    answer = next((answer for pattern, answer in talk.answers if compile_pattern(pattern).search(text)), "")
    kind: Kind = "question" if "?" in text else "statement"
    if slot:
        kind = "asks"
    elif wants_yes_or_no(reply, text):
        kind = "confirms"
    elif answer:
        kind = "asks-other"
    return Understanding(kind=kind, slot=slot, answer=answer, lost=lost, quick_replies=reply.quick_replies, text=text)


def find_misunderstood(
    heard: Understanding, wants: Mapping[str, str], sayings: Mapping[str, Sequence[str]], known: Mapping[str, Sequence[str]]
) -> str:
    """Return a slot of which the app names another value than the one that is wanted; empty where there is none.

    Args:
        heard: What the app said.
        wants: Slot -> value.
        sayings: Slot -> everything that its values are called.
        known: Slot -> everything that the wanted value is called.
    """
    rest = _blank_out(heard.text, [said for slot in wants for said in known[slot]])
    for slot in wants:
        others = [said for said in sayings.get(slot, ()) if said not in known[slot]]
        if _names_any(rest, others) and not _names_any(heard.text, known[slot]):
            return slot
    return ""


def _blank_out(text: str, sayings: Iterable[str]) -> str:
    """Return a text without what is right in it: `Ana` in the wanted `Dr. Ana` is no other value of another slot."""
    for said in sorted(sayings, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(said)}(?!\w)", " ", text, flags=re.IGNORECASE)
    return text


def find_question(reply: AppReply, text: str, talk: Talk) -> str:
    """Return the slot that is asked for, by state first and then by the pattern found last in the text; empty where none is known."""
    by_state = next((question.slot for question in talk.questions if matches_state(question.state, reply.state, {})), "")
    if by_state:
        return by_state
    found = [(place, question.slot) for question in talk.questions for place in _find_places(question.says, text)]
    return max(found, default=(0, ""))[1]


def match_quick_replies(offered: Sequence[str], sayings: Mapping[str, Sequence[str]]) -> str:
    """Return the slot of whose values most are offered; empty where fewer than half of what is offered are values of one."""
    if not offered:
        return ""
    counts = {slot: sum(fits_quick_reply(reply, said) for reply in offered) for slot, said in sayings.items()}
    best = max(counts, key=lambda slot: counts[slot], default="")
    return best if best and 2 * counts[best] >= len(offered) else ""


def fits_quick_reply(reply: str, sayings: Sequence[str]) -> bool:
    """Tell whether a quick reply is one of some sayings, or names one of them whole."""
    plain = strip_plain(reply)
    return any(
        plain == (said := strip_plain(each)) or re.search(rf"\b{re.escape(said)}\b", plain) is not None for each in sayings if each.strip()
    )


def wants_yes_or_no(reply: AppReply, text: str) -> bool:
    """Tell whether the app wants to hear yes or no."""
    if reply.quick_replies:
        return any(fits_quick_reply(each, (*YES, *NO)) for each in reply.quick_replies)
    asking = [sentence for sentence in _SENTENCES.findall(text) if not _OPEN_QUESTION.search(sentence)]
    return any(compile_pattern(pattern).search(sentence) for sentence in asking for pattern in CONFIRM)


def strip_plain(text: str) -> str:
    """Return a text without case, outer marks and emoji."""
    return re.sub(r"^[^\w]+|[^\w]+$", "", text.casefold()).strip()


def _names_any(text: str, sayings: Iterable[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(said)}(?!\w)", text, re.IGNORECASE) for said in sayings)


def _find_places(patterns: Sequence[str], text: str) -> Iterator[int]:
    for pattern in patterns:
        for found in compile_pattern(pattern).finditer(text):
            yield found.start()


__all__ = [
    "Understanding",
    "find_misunderstood",
    "find_question",
    "fits_quick_reply",
    "match_quick_replies",
    "strip_plain",
    "understand",
    "wants_yes_or_no",
]
