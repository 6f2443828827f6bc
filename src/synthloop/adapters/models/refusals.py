"""What an endpoint means by a status other than 2xx: what happened, whether another try may help, and what a person can do."""

import re
from dataclasses import dataclass

from synthloop.core.ask import FailureReason

_TRY_AGAIN = frozenset({408, 409, 425, 429})
_NO_CREDIT = re.compile(
    r"insufficient_quota|credit balance|billing|exceeded your current quota|payment required|insufficient (funds|balance|credit)"
)
_SCHEMA = re.compile(
    r"response[_ .]?format|json[_ ]?schema|output_(config|format)|guided|grammar|schema|tool[_ ]?choice|\btools?\b|structured|function call"
)
_TOO_LONG = re.compile(
    r"context[_ ](length|window|size)|maximum context|too many tokens|(prompt|input) is too long|n_ctx|exceed\w* the (available )?context"
)
_WITHHELD = re.compile(r"content[_ ]?filter|content management policy|responsibleaipolicy|usage polic(y|ies)|flagged")
_MODEL = re.compile(r"\bmodels?\b")
_REFUSES_REQUEST = frozenset({400, 404, 405, 422, 500, 501})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a status means."""

    reason: FailureReason = "error"
    advice: str = ""
    """What it means, where that is not plain, and what a person can do; empty where nothing is known."""
    fatal: bool = False
    """Whether no other request would fare better."""
    retryable: bool = False


def read_refusal(status: int, said: str, *, asks_when: bool, key: str) -> Refusal:
    """Return what a status other than 2xx means.

    Args:
        status: The HTTP status.
        said: What came with it.
        asks_when: Whether the endpoint says when to come again; then no credit is lacking, whatever its words.
        key: The environment variable that holds the key; empty where there is none.
    """
    words = said.lower()
    if status == 402 or (status in (400, 403, 429) and not asks_when and _NO_CREDIT.search(words)):
        return Refusal(advice="No credit is left. Fix: top up the account; the same command then goes on from there.", fatal=True)
    if status in (401, 403):
        which = f"the environment variable {key}" if key else "that a `key` is named"
        return Refusal(advice=f"Fix: check {which}, and that it may use this model.", fatal=True)
    if status in (400, 413, 422, 500) and (status == 413 or _TOO_LONG.search(words)):
        return Refusal(advice="It is longer than the model reads. Fix: take shorter documents, fewer examples, or another model.")
    if status in (400, 422) and _WITHHELD.search(words):
        return Refusal(reason="refused")
    return _read_address(status, words) or Refusal(retryable=status in _TRY_AGAIN or (status >= 500 and status not in (501, 505)))


def is_about_schema(status: int, said: str) -> bool:
    """Tell whether a server refuses a request because of the schema in it, or of the way in which it is said."""
    words = said.lower()
    return status in _REFUSES_REQUEST and not _TOO_LONG.search(words) and bool(_SCHEMA.search(words))


def _read_address(status: int, words: str) -> Refusal | None:
    if (
        status in (400, 404)
        and _MODEL.search(words)
        and re.search(r"not[ _]found|(does|do)( not|n't) exist|unknown|invalid model|no such", words)
    ):
        return Refusal(advice="Fix: check `model`; `synthloop models check` lists those that the endpoint has.", fatal=True)
    if status in (404, 405):
        return Refusal(advice="Nothing answers chats there. Fix: check `url`; most end with /v1.", fatal=True)
    if 300 <= status < 400:
        return Refusal(advice="Redirects are not followed. Fix: put the final address into `url`.", fatal=True)
    return None


__all__ = ["Refusal", "is_about_schema", "read_refusal"]
