"""What is known of one problem of conversations: where it happens, the shortest conversation that shows it, and what triggers it."""

from synthloop.core.conversation import Departure
from synthloop.core.record import Record
from synthloop.core.sample import Sample
from synthloop.core.transcript import Transcript


class Breakdown(Record):
    """Where conversations break, and what the user did there: what the conversations of one problem have in common."""

    behavior_id: str
    kind: str
    """`stuck` for those in which nothing moves on (loops, users out of patience or turns); else the end reason."""
    place: str = ""
    """What the app asks there, which demand of the end state is not met, or what it raised; empty: several places."""
    doing: str = ""
    """What the user did there, e.g. `changes_mind`, `inform`; empty: several things."""


class Minimal(Record):
    """The shortest conversation found that still fails for the same reason."""

    from_sample: str
    """Id of the failed sample that it was made from."""
    sample: Sample
    """Makes it again: the same user with no more departures than it needs. It can still reach its goal once the app is mended."""
    transcript: Transcript
    """The shortest one to read."""
    script: Sample | None = None
    """Makes `transcript` again where it is a user who only says what is written; None where `sample` does."""
    reproduced: bool
    """Whether the failed conversation failed again, for the same reason, when it was had again; if not, nothing was taken away."""
    departures: tuple[Departure, ...] = ()
    """What is left of the plan: departures of the user without which it does not fail. Empty: it fails without any departure."""
    traits: tuple[str, ...] = ()
    """Traits of the user that could not be made plain: `noise`, `quick replies`, `patience`, `opening`."""
    turns_before: int
    """The user's turns in the failed conversation."""
    turns: int
    """The user's turns that are left."""
    tried: int
    """How often the conversation of `sample` was had in the end, to make sure."""
    failed: int
    """How often it failed for the same reason."""
    runs: int
    """Conversations had to find it."""
    finished: bool = True
    """False where the runs that were allowed, or the budget, were spent: perhaps more can be taken away."""


class Tally(Record):
    """How many of some conversations failed for one reason."""

    tried: int = 0
    failed: int = 0

    @property
    def rate(self) -> float:
        """Share that failed; 0 where none was tried."""
        return self.failed / self.tried if self.tried else 0.0


class Trigger(Record):
    """A condition under which conversations fail for one reason: found in a run, then tested on fresh ones."""

    where: dict[str, str]
    """Attribute -> value: the condition holds where all of them do."""
    inside: Tally
    """In the run in which it was found, where the condition holds: `tried` is its support."""
    outside: Tally
    """In that run, everywhere else."""
    lift: float
    """How many times as often they fail where it holds as they do overall."""
    p_value: float
    """One-sided exact test, by independent conversations; before control for the many conditions that were looked at."""
    q_value: float
    """After Benjamini-Hochberg over those with as many attributes."""
    fresh_inside: Tally = Tally()
    """Fresh conversations in which it holds."""
    fresh_outside: Tally = Tally()
    """Fresh conversations just outside: one of its attributes has another value."""
    fresh_p_value: float | None = None
    """Of the same test on the fresh ones; controlled over all triggers that were tested. None where none was had."""
    held_up: bool | None = None
    """Whether fresh conversations fail more often where it holds, beyond chance; None before they were had."""

    @property
    def name(self) -> str:
        """`attribute=value`, joined by ` and `."""
        return " and ".join(f"{key}={value}" for key, value in sorted(self.where.items()))


__all__ = ["Breakdown", "Minimal", "Tally", "Trigger"]
