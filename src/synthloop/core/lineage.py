"""Where a record came from: component specs, parents, content ids, and chance that is addressed instead of drawn."""

import hashlib
import itertools
import random
import struct
from collections.abc import Iterator
from typing import Literal

import msgspec

from synthloop.core.json_value import JsonValue
from synthloop.core.record import Record
from synthloop.core.usage import Usage

Origin = Literal["authored", "generated", "noised", "neighbor", "production"]

_EIGHT = struct.Struct("<8Q").unpack
_encode_sorted = msgspec.json.Encoder(order="deterministic").encode


class Spec(Record):
    """What rebuilds one component: which one, in which version, with which parameters."""

    kind: str
    """Registry that knows the component, in the plural: `noisers`, `scorers`, ..."""
    name: str
    """Name within that registry, or `package.module:attribute`."""
    version: str = "1"
    """Raised by the component's author when the same parameters would give other results."""
    parameters: dict[str, JsonValue] = {}
    """Only what differs from the component's defaults."""


class Lineage(Record):
    """How a sample came to be; enough to make it again."""

    origin: Origin
    """The last thing that happened: written by hand, generated, noised, varied around a failure, or seen in production."""
    parents: tuple[str, ...] = ()
    """Ids of the samples it was made from, the main one first; empty for authored samples and template fills."""
    steps: tuple[Spec, ...] = ()
    """Components that made it, in order."""
    seed: int | None = None
    """Run seed; None where no chance was involved."""
    model: str | None = None
    """Name of the language model that wrote it; None where none did."""
    usage: Usage | None = None
    """What writing it cost: its share of the calls that it came from; None where none was made."""


def encode_canonical(value: object) -> bytes:
    """Encode a record or JSON value so that equal values give equal bytes (keys sorted, no spaces)."""
    return _encode_sorted(value)


def content_id(*parts: object) -> str:
    """Return a 32-digit hexadecimal id that depends on the content of `parts` and nothing else.

    Example:
        >>> content_id("schedule", ["a", 1]) == content_id("schedule", ["a", 1])
        True
        >>> len(content_id("schedule"))
        32
    """
    return hashlib.blake2b(_encode_sorted(parts), digest_size=16).hexdigest()


def chance(seed: int, stage: str, record_id: str, replica: int = 0) -> random.Random:
    """Return the random generator of one address.

    The same address gives the same numbers on every machine, in any order and after any resume; different addresses are independent.

    Args:
        seed: The run seed.
        stage: Which decision asks, as `package.function` or a noiser's name.
        record_id: Id of the record the decision is about.
        replica: Counts repeats of the same decision, from 0.

    Example:
        >>> chance(7, "noise", "a").random() == chance(7, "noise", "a").random()
        True
        >>> chance(7, "noise", "a").random() == chance(7, "noise", "a", 1).random()
        False
    """
    address = _write_address(seed, stage, record_id, replica)
    return random.Random(int.from_bytes(hashlib.blake2b(address, digest_size=8).digest()))


def _write_address(seed: int, stage: str, record_id: str, replica: int) -> bytes:
    return f"{seed}\x1f{stage}\x1f{record_id}\x1f{replica}".encode()


class Chances(random.Random):
    """Chance at one address after another, from one generator: at a third of the cost of `chance` where a few numbers are drawn at each.

    What sets up a Mersenne twister would do for 624 numbers; here, numbers are digests of the address and of how many came before. They
    are not those of `chance`. Not for use by several threads.

    Example:
        >>> chances = Chances()
        >>> chances.move_to(7, "noise", "a")
        >>> first = chances.random()
        >>> chances.move_to(7, "noise", "b")
        >>> other = chances.random()
        >>> chances.move_to(7, "noise", "a")
        >>> chances.random() == first != other
        True
    """

    def move_to(self, seed: int, stage: str, record_id: str, replica: int = 0) -> None:
        """Go on with the numbers of an address, from their beginning; see `chance`."""
        # As an attribute it hides the method and saves a call a number.
        self.random = _read_digests(_write_address(seed, stage, record_id, replica)).__next__

    def random(self) -> float:  # pyright: ignore[reportRedeclaration] - stands until the first address
        """Return a number in [0, 1), from wherever there is no address yet."""
        self.move_to(0, "", "")
        return self.random()

    def getrandbits(self, k: int, /) -> int:
        """Return an integer of `k` random binary digits."""
        number = 0
        for _ in range(0, k, 32):
            number = number << 32 | int(self.random() * 4294967296.0)
        return number >> -k % 32


def _read_digests(address: bytes) -> Iterator[float]:
    """Yield numbers of 53 binary digits in [0, 1) without end."""
    for block in itertools.count():
        for digits in _EIGHT(hashlib.blake2b(address, salt=block.to_bytes(16)).digest()):
            yield (digits >> 11) * 2.0**-53


__all__ = ["Chances", "Lineage", "Origin", "Spec", "chance", "content_id", "encode_canonical"]
