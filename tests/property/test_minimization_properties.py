"""What delta debugging promises of every set of things, whatever is needed of them."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from synthloop.core.lineage import content_id
from synthloop.distill.delta_debugging import minimize, split_evenly

ITEMS = st.integers(0, 12).map(lambda size: tuple(range(size)))
Fails = Callable[[tuple[int, ...]], bool]


def solve(items: tuple[int, ...], fails: Fails) -> tuple[tuple[int, ...], int]:
    """Return what is left, and how many candidates were tried."""
    search, tried = minimize(items), set[tuple[int, ...]]()
    try:
        candidates = next(search)
        while True:
            tried.update(candidates)
            candidates = search.send([fails(candidate) for candidate in candidates])
    except StopIteration as stop:
        return stop.value, len(tried)


@given(items=ITEMS, data=st.data())
def test_where_more_never_helps_exactly_the_needed_ones_are_left(items: tuple[int, ...], data: st.DataObject) -> None:
    needed = data.draw(st.sets(st.sampled_from(items)) if items else st.just(set[int]()))
    left, tried = solve(items, lambda candidate: needed <= set(candidate))
    assert left == tuple(sorted(needed))
    assert tried <= 1 + 2 * len(items) + len(items) * (len(items) + 1) // 2


@given(items=ITEMS, salt=st.integers(0, 1000), share=st.integers(1, 15))
def test_whatever_fails_none_of_what_is_left_can_be_left_out(items: tuple[int, ...], salt: int, share: int) -> None:
    def fails(candidate: tuple[int, ...]) -> bool:
        return candidate == items or int(content_id(salt, candidate)[0], 16) < share

    left, _ = solve(items, fails)
    assert fails(left)
    assert not any(fails(tuple(item for item in left if item != dropped)) for dropped in left)


@given(items=ITEMS, parts=st.integers(1, 5))
def test_parts_make_the_whole_again_and_are_of_nearly_the_same_size(items: tuple[int, ...], parts: int) -> None:
    chunks = split_evenly(items, parts)
    assert tuple(item for chunk in chunks for item in chunk) == items
    assert max(map(len, chunks)) - min(map(len, chunks)) <= 1
