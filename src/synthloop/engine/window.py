"""How many calls of one port may be in flight: learned from how it answers.

Additive increase, multiplicative decrease, as TCP does it (Chiu and Jain, "Analysis of the Increase and Decrease Algorithms", 1989): each
answer widens the window, much while nothing has gone wrong and a little from then on, and overload halves it, once for all calls that were
under way together. Only a window that is full tells what its width is worth, and only such a one is widened (as TCP validates its window,
RFC 2861): a run's end, when nothing more waits, teaches nothing. A refusal now and then is no
overload, as a lost packet is none where lines are bad: it takes a tenth of a round. Servers that never say
that they are overloaded only become slow: so the window goes back where half as many calls again brought hardly more answers a second, and
shrinks where latency is far beyond the best seen (as TCP Vegas reads delay, Brakmo and Peterson 1995; here on medians of rounds, since
answers differ in length).
"""

import asyncio
import math
from collections import deque
from dataclasses import dataclass, field
from statistics import median

_START_SHARE = 0.25
_START_LEAST = 16
_FAST = 3.0
"""Slots that an answer brings while nothing has gone wrong: a window is four times as wide after each round trip, so that orders of a few
hundred calls don't end before it is wide. It starts narrow nevertheless, since the first round is what later ones are compared with."""
_SLOW = 3.0
"""A round whose median latency is this many times the best one seen is too slow."""
_FORGET = 1.001
"""The best median rises by this factor a round, so that a model that became slower for good is not held down for ever."""
_ROUND_LEAST = 16
_MOSTLY = 0.9
"""Share of what is in flight that makes a round, which so waits for no straggler and no refused call; and share of a round's answers that
must have left the window full for it to tell what its width is worth."""
_OVERLOAD = 0.1
"""Share of a round that is refused by a port that has too much to do; fewer refusals are its habit."""
_FEW_REFUSALS = 3
_WIDER = 1.5
_GAIN = 1.1
"""A window this many times as wide must bring at least so many times as many answers a second, or it is not worth it."""


@dataclass(slots=True, kw_only=True)
class Window:
    """Slots for calls.

    Attributes:
        limit: Calls that may be in flight now; a fraction counts towards the next whole slot.
    """

    most: int
    """Never more than this."""
    learns: bool = True
    """False: always `most`, whatever happens but overload."""
    limit: float = field(init=False)
    in_use: int = field(default=0, init=False)
    _waiting: deque[asyncio.Future[None]] = field(default_factory=deque[asyncio.Future[None]], init=False)
    _fast: bool = field(default=True, init=False)
    """Growing by several slots an answer, as nothing has gone wrong yet."""
    _cut_s: float = field(default=-math.inf, init=False)
    _refused: int = field(default=0, init=False)
    """In this round."""
    _latencies: list[float] = field(default_factory=list[float], init=False)
    _best_s: float = field(default=math.inf, init=False)
    _round: int = field(default=0, init=False)
    """Answers in this round: nearly as many as were in flight when it began."""
    _width: float = field(default=0.0, init=False)
    """The limit when the round began."""
    _round_s: float = field(default=0.0, init=False)
    """When the round began."""
    _full: int = field(default=0, init=False)
    """Answers of this round after which all slots were in use again."""
    _worth: tuple[float, float] = field(default=(0.0, 0.0), init=False)
    """The widest window that was worth it, and the answers a second that it brought."""

    def __post_init__(self) -> None:
        self.limit = min(self.most, max(_START_LEAST, self.most * _START_SHARE)) if self.learns else self.most

    def begin(self) -> None:
        """Start a run, maybe after a rest: a round that the last one left unfinished tells nothing."""
        self._round, self._refused = 0, 0
        self._latencies.clear()

    async def enter(self) -> None:
        """Wait for a slot and take it."""
        if self.in_use < int(self.limit) and not self._waiting:
            self.in_use += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()  # the slot was handed over in the very moment
            raise

    def leave(self) -> None:
        """Give a slot back."""
        self.in_use -= 1
        self._hand_over()

    def note_answer(self, latency_s: float, now_s: float) -> None:
        """Take in an answer: widen the window, and narrow it where a whole round was slow, or brought nothing for being wider."""
        if not self.learns:
            return
        if not self._round:
            self._begin_round(now_s - latency_s)
        if self.in_use >= int(self.limit):
            self._full += 1
            self.limit = min(self.most, self.limit + (_FAST if self._fast else 1.0 / self.limit))
        self._latencies.append(latency_s)
        if len(self._latencies) >= self._round:
            self._end_round(now_s)
        self._hand_over()

    def note_overload(self, started_s: float, now_s: float) -> None:
        """Take in that the port refused a call because it has too much to do; a tenth of a round refused narrows the window.

        Args:
            started_s: When that call began: one that began before the last cut tells nothing new.
            now_s: Now, by the same clock.
        """
        if started_s <= self._cut_s:
            return
        self._refused += 1
        if self._refused >= max(_FEW_REFUSALS, _OVERLOAD * max(self._round, _ROUND_LEAST)):
            self._cut_s, self._fast, self._refused = now_s, False, 0
            self.limit = max(1.0, self.limit / 2)

    def _begin_round(self, now_s: float) -> None:
        self._round, self._width, self._round_s, self._full = max(_ROUND_LEAST, int(_MOSTLY * self.limit)), self.limit, now_s, 0

    def _end_round(self, now_s: float) -> None:
        middle = median(self._latencies)
        self._refused = 0
        if self._full >= _MOSTLY * len(self._latencies):
            self._weigh(len(self._latencies) / max(now_s - self._round_s, 1e-9))
        self._latencies.clear()
        self._begin_round(now_s)
        if middle > _SLOW * self._best_s:
            self._fast = False
            self.limit = max(1.0, self.limit * max(0.5, _SLOW * self._best_s / middle))
        self._best_s = min(middle, self._best_s * _FORGET)

    def _weigh(self, per_s: float) -> None:
        """Go back to the last width that was worth it where this one is much wider and brings hardly more."""
        worth, then_per_s = self._worth
        if self._width < _WIDER * worth:
            self._worth = (worth, max(per_s, then_per_s)) if self._width <= worth else self._worth
        elif per_s >= _GAIN * then_per_s:
            self._worth = (self._width, per_s)
        else:
            self.limit, self._fast = worth, False

    def _hand_over(self) -> None:
        while self._waiting and self.in_use < int(self.limit):
            turn = self._waiting.popleft()
            if not turn.done():
                self.in_use += 1
                turn.set_result(None)


__all__ = ["Window"]
