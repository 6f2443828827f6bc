"""Notices a port that is not there, before every call has waited for it in vain."""

from dataclasses import dataclass
from typing import Literal

from synthloop.core.errors import CallError

_FIRST_REST_S = 5.0
_LONGEST_REST_S = 60.0
_LATER = 10
"""How many times as many failures in a row it takes once the port has answered."""

CircuitState = Literal["closed", "open", "half-open"]
"""Calls go through; none does; one is under way to find out."""


@dataclass(slots=True, kw_only=True)
class Circuit:
    """A breaker: closed until calls fail in a row, then open for a rest, then half open for one probe; a failed one doubles the rest."""

    after: int
    """Failures in a row that open it, ten times as many once the port has answered; 0: never."""
    last: CallError | None = None
    """Why it is open."""
    streak: int = 0
    """How many calls in a row failed in the same way."""
    _answered: bool = False
    _kind: str = ""
    _opened_s: float = 0.0
    _rest_s: float = 0.0
    _probing: bool = False

    def state(self, now_s: float) -> CircuitState:
        """Return its state; `half-open` where a probe is due or under way."""
        if self.last is None:
            return "closed"
        return "half-open" if self._probing or (not self.last.fatal and now_s >= self._opened_s + self._rest_s) else "open"

    def admit(self, now_s: float) -> bool:
        """Tell whether a call may go through; the one that is admitted while half open is the probe."""
        if self.last is None:
            return True
        if self._probing or self.state(now_s) == "open":
            return False
        self._probing = True
        return True

    def note(self, error: CallError | None, now_s: float) -> bool:
        """Take in how a call went and return whether that opened the circuit.

        Only hanging and unreachable ports count, and errors that no other call would escape: a port that answers with errors is there, and
        each of its errors is a finding.
        """
        if error is not None and error.fatal:
            return self._open(error, now_s)
        if error is None or error.reason not in ("timeout", "unreachable"):
            self._answered, self.streak, self._kind, self._rest_s = True, 0, "", 0.0
            self.last, self._probing = None, False
            return False
        self.streak = self.streak + 1 if error.reason == self._kind else 1
        self._kind = error.reason
        tripped = 0 < self.after * (_LATER if self._answered else 1) <= self.streak
        return self._open(error, now_s) if tripped or self._probing else False

    def release(self) -> None:
        """Let another call probe: the one that did was cancelled."""
        self._probing = False

    def _open(self, error: CallError, now_s: float) -> bool:
        self.last, self._probing, self._opened_s = error, False, now_s
        self._rest_s = min(max(_FIRST_REST_S, 2 * self._rest_s), _LONGEST_REST_S)
        return True


__all__ = ["Circuit", "CircuitState"]
