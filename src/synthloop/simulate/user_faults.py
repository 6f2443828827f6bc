"""What a simulated user says that no person would: told by rules, so that such conversations are not counted as the app's failures."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from synthloop.core.transcript import SimulatorFaultKind

LEAKED_WORDS = 7
"""Words in a row from the instructions that count as giving them away."""

_OUT_OF_CHARACTER = re.compile(
    r"\bas an? (?:ai|language model|assistant|simulated user|synthetic user)\b"
    r"|\bhow (?:can|may) i (?:help|assist) you\b"
    r"|\bi(?:'m| am) (?:here to (?:help|assist)|an? (?:ai|assistant|language model|chatbot|bot)\b)"
    r"|\b(?:i was|i'm|i am|i have been) (?:told|instructed|asked) to (?:write|say|act|play|pretend|simulate)\b"
    r"|\blet me know if you (?:need|have) (?:any|anything)\b"
    r"|^\s*(?:user|assistant|app|human)\s*:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFault:
    """One fault of what a user said."""

    kind: SimulatorFaultKind
    note: str


def find_user_fault(text: str, *, instructions: str, spoken: Iterable[str], wrong: Mapping[str, Sequence[str]]) -> UserFault | None:
    """Return the first thing that no person would have said, or None.

    Args:
        text: What the user said.
        instructions: What it was told about itself; repeating it word for word gives it away.
        spoken: What was said in the conversation, which may be repeated.
        wrong: Slot -> values of it that the user neither wants nor wanted.

    Example:
        >>> find_user_fault("How can I help you today?", instructions="", spoken=(), wrong={}).kind
        'out-of-character'
        >>> find_user_fault("we sell tea", instructions="", spoken=(), wrong={"sells": ["coffee"]})
    """
    if not text.strip():
        return UserFault(kind="said-nothing", note="it said nothing")
    if found := _OUT_OF_CHARACTER.search(text):
        return UserFault(kind="out-of-character", note=f"it said {found[0].strip()!r}")
    if leaked := find_leak(text, instructions, spoken):
        return UserFault(kind="leaked-instructions", note=f"it repeated its instructions: {leaked!r}")
    for slot, values in wrong.items():
        for value in values:
            if re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE):
                return UserFault(kind="contradicted-goal", note=f"it told {slot} {value!r}, which it does not want")
    return None


def find_leak(text: str, instructions: str, spoken: Iterable[str]) -> str:
    """Return words in a row that stand in the instructions and not in the conversation; empty where there are none."""
    leaked = _list_runs(text).keys() & _list_runs(instructions).keys()
    if not leaked:
        return ""
    known = {run for said in spoken for run in _list_runs(said)}
    return next((" ".join(run) for run in _list_runs(text) if run in leaked and run not in known), "")


@lru_cache(maxsize=1024)
def _list_runs(text: str) -> dict[tuple[str, ...], None]:
    """Return every run of so many words of a text, in order. Instructions are the same for all users, so they are read once."""
    words = re.findall(r"\w+", text.casefold())
    return dict.fromkeys(tuple(words[at : at + LEAKED_WORDS]) for at in range(len(words) - LEAKED_WORDS + 1))


__all__ = ["LEAKED_WORDS", "UserFault", "find_leak", "find_user_fault"]
