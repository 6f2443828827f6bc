"""Words that set one set of texts apart from another."""

import math
import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

SMALLEST_Z = 1.0
"""Standard errors by which a word must be more frequent to be telling."""

PRIOR_WORDS = 10.0
"""Weight of the prior in words: how much both sets together are trusted over one set's own counts."""

_LEAST = 1e-9

# General stop-word lists hold verbs such as "find", "call" and "move", which is what requests are about.
_FUNCTION_WORDS = frozenset(
    """
    a about after all also am an and any are as at be been before but by can could did do does for from get had has have he her him his how
    i if in into is it its just let ll may me might mine my no nor not now of off on one only onto or our out over please re s shall she
    should so some such t than thank thanks that the their them then there these they this those though to too until up us ve very was we
    were what when where which while who whom whose why will with would yes yet you your
    """.split()  # noqa: SIM905 - words are easier to read in lines than in quotes
)


def find_telling_words(texts: Iterable[str], others: Iterable[str], most: int = 6) -> tuple[str, ...]:
    """Return the words that are more frequent in `texts` than in `others`, the most telling first.

    A word counts once a text, and must be in two texts unless there is only one. The measure is the log-odds ratio with an informative
    Dirichlet prior, in standard errors, so that rare words don't win by chance. English function words come last: they
    tell something only where nothing else does.

    Source: Monroe, Colaresi and Quinn, "Fightin' words", Political Analysis 2008.

    Example:
        >>> find_telling_words(["move my call", "move the sync", "please move it"], ["book a call", "book the room", "call me"])
        ('move',)
    """
    inside, n_texts = _count_words(texts)
    outside, _ = _count_words(others)
    both = inside + outside
    total, n_in, n_out = both.total(), inside.total(), outside.total()
    scored: list[tuple[float, str]] = []
    for word, count in inside.items():
        if count < min(2, n_texts):
            continue
        prior = PRIOR_WORDS * both[word] / total
        log_odds = _log_odds(count, n_in, prior) - _log_odds(outside[word], n_out, prior)
        z = log_odds / math.sqrt(1 / (count + prior) + 1 / (outside[word] + prior))
        if z >= SMALLEST_Z or (not n_out and len(word) > 3):
            scored.append((-z if n_out else -float(count), word))
    return tuple(word for _, word in sorted(scored, key=lambda found: (is_function_word(found[1]), found))[:most])


def is_function_word(word: str) -> bool:
    """Return whether a word says little by itself, as "the" and "with" do.

    Example:
        >>> is_function_word("with"), is_function_word("summarize"), is_function_word("i'm")
        (True, False, True)
    """
    return all(part in _FUNCTION_WORDS or len(part) < 2 for part in re.split("['’]", word))


def _count_words(texts: Iterable[str]) -> tuple[Counter[str], int]:
    counts = Counter[str]()
    n_texts = 0
    for text in texts:
        n_texts += 1
        counts.update({word.casefold(): None for word in _WORD.findall(text)}.keys())
    return counts, n_texts


def _log_odds(count: int, total: int, prior: float) -> float:
    rest = total + PRIOR_WORDS - count - prior
    return math.log((count + prior) / max(rest, _LEAST))  # nothing is left where all texts are one and the same word


__all__ = ["PRIOR_WORDS", "SMALLEST_Z", "find_telling_words", "is_function_word"]
