"""What tells from the pieces of a draft, one by one, which habits may come up in it and which may show."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.habits import Habit

_REMEMBERED = 1 << 16
"""Pieces that are remembered, a hundred bytes each: a language's everyday words several times over."""
_DIGITS = 24
"""Binary digits of one count."""
_COUNT = (1 << _DIGITS) - 1
_Told = TypeVar("_Told")


class Known(dict[str, _Told], Generic[_Told]):
    """Piece -> what it tells, worked out once; of more pieces than are remembered, each time."""

    def __init__(self, read: Callable[[str], _Told]) -> None:
        super().__init__()
        self._read_piece = read

    def __missing__(self, piece: str) -> _Told:
        told = self._read_piece(piece)
        if len(self) < _REMEMBERED:
            self[piece] = told
        return told


class Cues:
    """Counts the cues and signs of several habits in a draft.

    The counts of one draft are packed into one number, so that counting is adding up what is known of each piece. What a piece tells is
    read once and remembered: words and marks recur from text to text.
    """

    def __init__(self, habits: Sequence[Habit]) -> None:
        self.habits = tuple(habits)
        self._anyhow = sum(_pack(at, habit.cue is None, False) for at, habit in enumerate(habits))
        self._at_end = sum(_pack(at, _COUNT, _COUNT) for at, habit in enumerate(habits) if habit.at_end)
        self._known = Known(self._read_piece)
        self._read = self._known.__getitem__

    def count(self, draft: Draft) -> int:
        """Return the counts of a draft; see `unpack`."""
        return self.add_up(draft.list_loose()) + self._anyhow + (self._read(draft.pieces[-1]) & self._at_end)

    def add_up(self, pieces: Iterable[str]) -> int:
        """Return the counts of some pieces."""
        return sum(filter(None, map(self._read, pieces)))

    def unpack(self, counts: int) -> Iterator[tuple[int, int, bool]]:
        """Yield position, most places, and whether it may show, of each habit that may come up."""
        for at in range(len(self.habits)):
            own = counts >> 2 * _DIGITS * at
            if places := own & _COUNT:
                yield at, places, own >> _DIGITS & _COUNT > 0

    def _read_piece(self, piece: str) -> int:
        return sum(_pack(at, *_read(habit, piece)) for at, habit in enumerate(self.habits))


def skip_counts(counts: int, habits: int) -> int:
    """Return counts without those of the first so many habits."""
    digits = 2 * _DIGITS * habits
    return counts >> digits << digits


def _pack(at: int, cues: int, signs: int) -> int:
    return (cues | signs << _DIGITS) << 2 * _DIGITS * at


def _read(habit: Habit, piece: str) -> tuple[bool, bool]:
    """Return whether a piece is a cue, and whether it is a sign."""
    cued = habit.cue is not None and habit.cue(piece)
    return cued, cued if habit.sign is None else habit.sign(piece)


__all__ = ["Cues", "Known", "skip_counts"]
