"""Edits and spans agree about where things are."""

from hypothesis import given
from hypothesis import strategies as st

from synthloop.core.span import Edit, Span, apply_edits, shift_spans


@st.composite
def edited_texts(draw: st.DrawFn) -> tuple[str, tuple[Edit, ...], tuple[Span, ...]]:
    """Draw pieces that are kept, changed or plain, and what they make together."""
    pieces = draw(st.lists(st.tuples(st.sampled_from(["span", "edit", "plain"]), st.text("ab é🤷", min_size=1, max_size=4)), max_size=8))
    text, edits, spans = "", list[Edit](), list[Span]()
    for kind, piece in pieces:
        start, text = len(text), text + piece
        if kind == "span":
            spans.append(Span(start=start, end=len(text)))
        if kind == "edit":
            before = draw(st.sampled_from([piece, ""]))
            after = draw(st.text("xyz", max_size=3))
            edits.append(Edit(start=start, end=start + len(before), before=before, after=after, kind="substitution"))
    return text, tuple(edits), tuple(spans)


@given(edited_texts())
def test_a_span_holds_the_same_words_after_edits(drawn: tuple[str, tuple[Edit, ...], tuple[Span, ...]]) -> None:
    text, edits, spans = drawn
    edited = apply_edits(text, edits)
    assert len(edited) == len(text) + sum(len(edit.after) - len(edit.before) for edit in edits)
    for old, new in zip(spans, shift_spans(spans, edits), strict=True):
        assert edited[new.start : new.end] == text[old.start : old.end]
        assert new.kind == old.kind


def test_an_insertion_at_a_spans_edge_stays_outside_it() -> None:
    spans = (Span(start=2, end=4),)
    before, after = (Edit(start=at, end=at, before="", after="__", kind="insertion") for at in (2, 4))
    assert apply_edits("a 30 b", (before, after)) == "a __30__ b"
    assert shift_spans(spans, (before, after)) == (Span(start=4, end=6),)


def test_no_edits_change_nothing() -> None:
    assert apply_edits("abc", ()) == "abc"
    assert shift_spans((Span(start=0, end=1),), ()) == (Span(start=0, end=1),)
