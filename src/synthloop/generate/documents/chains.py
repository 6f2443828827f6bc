"""Chains of passages from different documents, each tied to the next by a term that few documents share."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from synthloop.core.document import Document

_PASSAGE_CHARS = 900
_TERM = re.compile(r"\b(?:[A-Z][\w&-]+(?: [A-Z][\w&-]+){0,3}|\w*\d\w*(?:[.,:/-]\w+)*)")
_COMMON = "The A An This That These Those It In On At For From With By If When While And But Or So We You They He She"
_STARTERS = frozenset(_COMMON.split())
_MOST_SHARED = 0.5
"""Share of the documents, and at least two, that may hold a term for it to tie two of them together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A part of a document, whole paragraphs where they are short enough."""

    document_id: str
    start: int
    """Where it begins in the document's text."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Passages of different documents in order, and the terms that tie each to the next."""

    passages: tuple[Passage, ...]
    terms: tuple[str, ...]
    """One fewer than passages."""


def split_passages(document: Document) -> tuple[Passage, ...]:
    """Cut a document into passages of some hundred characters, at blank lines where possible.

    Example:
        >>> [passage.start for passage in split_passages(Document(id="a", text="One." + chr(10) * 2 + "Two."))]
        [0]
    """
    passages: list[Passage] = []
    start = 0
    for match in [*re.finditer(r"\n\s*\n", document.text), None]:
        end = match.start() if match else len(document.text)
        if match is None or end - start >= _PASSAGE_CHARS:
            passages += _cut(document, start, end)
            start = match.end() if match else end
    return tuple(passages)


def draw_chain(documents: tuple[Document, ...], hops: int, rng: Random) -> Chain | None:
    """Return a chain of as many passages as hops, all of different documents; None where no terms tie that many together."""
    index = _index(documents)
    if not index.passages:
        return None
    for _ in range(20):
        first = rng.choice(index.passages)
        chain = _extend(index, (first,), (), hops, rng)
        if chain is not None:
            return chain
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    passages: tuple[Passage, ...]
    by_term: Mapping[str, tuple[Passage, ...]]
    terms: Mapping[Passage, tuple[str, ...]]


@lru_cache(maxsize=4)
def _index(documents: tuple[Document, ...]) -> _Index:
    passages = tuple(passage for document in documents for passage in split_passages(document))
    found = {passage: _find_terms(passage.text) for passage in passages}
    places: dict[str, list[Passage]] = defaultdict(list)
    for passage, terms in found.items():
        for term in terms:
            places[term].append(passage)
    most = max(2, _MOST_SHARED * len(documents))
    ties = {term: tuple(where) for term, where in places.items() if 2 <= len({each.document_id for each in where}) <= most}
    return _Index(
        passages=passages, by_term=ties, terms={passage: tuple(t for t in terms if t in ties) for passage, terms in found.items()}
    )


def _extend(index: _Index, passages: tuple[Passage, ...], terms: tuple[str, ...], hops: int, rng: Random) -> Chain | None:
    if len(passages) == hops:
        return Chain(passages=passages, terms=terms)
    used = {passage.document_id for passage in passages}
    for term in _shuffled(index.terms[passages[-1]], rng):
        others = [passage for passage in index.by_term[term] if passage.document_id not in used]
        if term not in terms and others:
            chain = _extend(index, (*passages, rng.choice(others)), (*terms, term), hops, rng)
            if chain is not None:
                return chain
    return None


def _find_terms(text: str) -> tuple[str, ...]:
    found = (match[0] for match in _TERM.finditer(text))
    return tuple(dict.fromkeys(term for term in found if term.split()[0] not in _STARTERS and len(term) > 2))


def _shuffled(items: Sequence[str], rng: Random) -> list[str]:
    return rng.sample(list(items), len(items))


def _cut(document: Document, start: int, end: int) -> list[Passage]:
    """Cut a stretch into pieces that are not too long, at line ends or spaces."""
    pieces: list[Passage] = []
    while start < end:
        stop = end if end - start <= 2 * _PASSAGE_CHARS else _find_break(document.text, start + _PASSAGE_CHARS, end)
        if document.text[start:stop].strip():
            pieces.append(Passage(document_id=document.id, start=start, text=document.text[start:stop]))
        start = stop
    return pieces


def _find_break(text: str, start: int, end: int) -> int:
    found = re.compile(r"(?<=[.!?])\s|\n|\s").search(text, start, end)
    return found.end() if found else end


__all__ = ["Chain", "Passage", "draw_chain", "split_passages"]
