"""What noise must keep: marked substrings, and numbers, amounts, dates, addresses, codes, quotations and names found by themselves."""

import re

from synthloop.core.span import Span

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_UNIT = r"(?:%|percent|[ap]\.m\.|[ap]m\b|o'?clock|hours?|hrs?|minutes?|mins?|seconds?|secs?|days?|weeks?|months?|years?|st|nd|rd|th)"
_MONEY = r"(?:dollars?|bucks|cents?|euros?|pounds?|quid|pence|rupees?|yen|usd|eur|gbp|inr|cad|aud|chf)"
_NUMBER = r"\d+(?:[.,:/\-]\d+)*"

# Names of groups are the kinds of spans. Order matters: the first alternative that fits at a place wins.
_MARKED = re.compile(
    r"""
      (?P<address>
          (?:https?://|ftp://|www\.)[^\s<>"']*[^\s<>"'.,;:!?)\]]
        | (?<![\w.+%-])[\w.+%-]++@[\w-]+(?:\.[\w-]+)+ )
    | (?P<handle> (?<![\w@\#&])[@\#]\w+ )
    | (?P<code> &(?:[a-z]+|\#\d+); | <[^<>\s]+> )
    | (?P<file> (?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:[a-z]{2,4}\d?|[ch]|7z|mp[34])(?![\w.]) )
    | (?P<path> (?<![\w/.])~?/[\w.-]+(?:/[\w.*-]*)* | \b[A-Za-z]:\\[^\s"']+ )
    | (?P<quotation> "[^"\n]+" | “[^”\n]+” | «[^»\n]+» | `[^`\n]+` | (?<![\w'])'[^'\n]+'(?![\w']) )
    """,
    re.VERBOSE,
)
_COUNTED = re.compile(
    rf"""
      (?P<amount> [$€£¥₹]\s?{_NUMBER}(?:\s?[kKmM]\b)? | \b{_NUMBER}(?:\s?[$€£¥₹]|\s?[kKmM]?\s?{_MONEY}\b) )
    | (?P<date> \b{_NUMBER}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}\b(?:,?\s\d{{4}}\b)?
               | \b{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s\d{{4}}\b)? )
    | (?P<number> [+-]?\b{_NUMBER}(?:\s?{_UNIT})?(?![\w]) )
    | (?P<code> (?:(?<![\w-])[^\W\d](?:[^\W\d]|-)*+|\b)\d(?:[\w-]*\w)? )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Cheap tests first: most short texts hold nothing of all that.
_MARK = re.compile(r"""[@\#/\\"“«`&<]|\w\.\w|(?<!\w)'""")
_DIGIT = re.compile(r"\d")
_CAPITALIZED = re.compile(r"(?<=[^\s.!?…:\"“(\n])[ \t]+([A-Z][\w’'&-]*(?:[ \t][A-Z][\w’'&-]*)*)")
_ORDINARY_WORDS = """
i i'm i'll i'd i've i’m i’ll i’d i’ve im ive ok okay a an the and but or so if then when while because what who whom whose which where why
how is are was were am be been do does did have has had can could will would should shall may might must not no yes
in on at to for from with by of about into over under after before as than me my mine you your yours he him his she her it its we us our
they them their this that these those there here please thanks thank hi hello hey dear sorry just also too very all any some more most many
monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december
asap fyi btw pls lol u ur tv pc am pm much
"""
_ORDINARY = frozenset(_ORDINARY_WORDS.split())


def find_spans(text: str, protected: tuple[str, ...] = ()) -> tuple[Span, ...]:
    """Return what noise must keep in `text`: sorted, not overlapping, never empty.

    Names are guessed from capitals within a sentence; a text without capitals, in capitals only or in Title Case gives no such clue and
    none is guessed: mark what matters there with `protected`.

    Args:
        text: One message.
        protected: Substrings to keep besides; every occurrence is kept.

    Example:
        >>> text = "move my 3pm with Ana to room B12"
        >>> [text[span.start : span.end] for span in find_spans(text, ("my",))]
        ['my', '3pm', 'Ana', 'B12']
    """
    found = _find_marked(text, protected) if protected else []
    for clue, pattern in ((_MARK, _MARKED), (_DIGIT, _COUNTED)):
        if clue.search(text):
            found += [(match.start(), match.end(), match.lastgroup or "number") for match in pattern.finditer(text)]
    if not text.islower():
        found += _find_names(text)
    return _merge(found) if found else ()


def _find_marked(text: str, protected: tuple[str, ...]) -> list[tuple[int, int, str]]:
    marked: list[tuple[int, int, str]] = []
    for substring in filter(None, protected):
        start = text.find(substring)
        while start >= 0:
            marked.append((start, start + len(substring), "protected"))
            start = text.find(substring, start + len(substring))
    return marked


def _find_names(text: str) -> list[tuple[int, int, str]]:
    names = [match.span(1) for match in _CAPITALIZED.finditer(text)]
    if not names or _is_clueless(text):
        return []
    kept: list[tuple[int, int, str]] = []
    for start, end in names:
        at = start
        for word in text[start:end].replace("\t", " ").split(" "):
            if word.lower() not in _ORDINARY:
                kept.append((at, at + len(word.rstrip("’'&-")), "name"))
            at += len(word) + 1
    return kept


def _is_clueless(text: str) -> bool:
    """Whether capitals are so common in `text` that they mark nothing."""
    words = [word for word in text.split()[1:] if word.strip(".,;:!?").lower() not in _ORDINARY]
    capitalized = sum(word[0].isupper() for word in words)
    return text.isupper() or (capitalized > 0.6 * len(words) and len(words) > 2)


def _merge(found: list[tuple[int, int, str]]) -> tuple[Span, ...]:
    found.sort(key=lambda span: (span[0], -span[1]))
    merged: list[tuple[int, int, str]] = []
    for start, end, kind in found:
        if merged and start < merged[-1][1]:
            last_start, last_end, last_kind = merged[-1]
            merged[-1] = (last_start, max(last_end, end), last_kind if last_kind == "protected" or kind != "protected" else kind)
        else:
            merged.append((start, end, kind))
    return tuple(Span(start=start, end=end, kind=kind) for start, end, kind in merged)


__all__ = ["find_spans"]
