"""How much personal data the scrubber finds, and how much it takes for personal data that is none.

Values of each kind, in the forms in which people write them in several countries, are planted into real messages, so that it is known what
is there. Recall: the share of values of which nothing is left. Three ways of planting: in words that announce the value and that the
patterns were written for; in other words, written afterwards, to which the patterns for names were never fitted; and alone, between any
two words of the message. Precision: the share of all replacements in these messages that touch the planted value; what a message held
before counts as wrong. Intervals know that values of one form, or names in one sentence, are near-copies.

Then: messages that hold only what looks alike (order numbers, dates, amounts, versions, places, weekdays); hard messages, those that the
patterns were changed after and fresh ones; and how often anything is found in real messages as they are: those of banking77 and hwu64 were
written for data sets and hold hardly any personal data.

With `--finder`, one of `synthloop components finders` (or `package.module:name`) looks at what the patterns left.

    python benchmarks/scrubber.py [--count 500] [--finder spacy] [--show]
"""

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from data_sets import banking_rows, halve, irc_texts, router_rows, sms_texts, typed_hwu_texts
from personal_values import ALIKE, FRESH, PLANTED, SEEN, Planted
from synthloop.adapters.finders import FINDERS
from synthloop.core.ports import Finder
from synthloop.curate.personal_data import Scrubbed, scrub
from synthloop.evaluate.intervals import measure_share

WAYS = ("known", "other", "alone")

Clean = Callable[[str], Scrubbed]
"""The scrubber, with the finders that were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One message with one value planted."""

    text: str
    value: str
    form: str
    """Trials of one form are near-copies."""
    scrubbed: Scrubbed

    @property
    def found(self) -> bool:
        """Nothing of the value is left."""
        left = self.value
        for taken in sorted(self.scrubbed.found.values(), key=len, reverse=True):
            left = "" if left in taken else left.replace(taken, "")
        return not any(letter.isalnum() for letter in left)

    @property
    def right(self) -> int:
        """Replacements that touch the value."""
        return sum(self.value in taken or taken in self.value for taken in self.scrubbed.found.values())


def plant(kind: str, planted: Planted, way: str, messages: Sequence[str], rng: random.Random, clean: Clean) -> Trial:
    value, message = planted.make(rng), rng.choice(messages)
    frame = rng.choice(planted.known if way == "known" else planted.other)
    if way == "alone":
        words = message.split(" ")
        place = rng.randint(0, len(words))
        text = " ".join((*words[:place], value, *words[place:]))
    else:
        text = frame.format(m=message, x=value)
    form = re.sub(r"[A-Za-z]+", "a", re.sub(r"\d", "#", value))
    named = kind == "NAME"
    return Trial(text=text, value=value, form=frame if named and way != "alone" else value if named else form, scrubbed=clean(text))


def say_share(pairs: Iterable[tuple[str, int, int]]) -> str:
    """Say a share with its interval and n, from (cluster, hits, trials)."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for cluster, hits, trials in pairs:
        sums[cluster][0] += hits
        sums[cluster][1] += trials
    counts = np.array(list(sums.values()), float).reshape(-1, 2)
    found = measure_share("", counts[:, 0], counts[:, 1])
    if found.value is None:
        return "none found"
    interval = "" if found.low is None or found.high is None else f" ({found.low:.2f} to {found.high:.2f})"
    return f"{found.value:.3f}{interval} of {found.n:,}"


def measure_planted(clean: Clean, count: int, messages: Sequence[str], *, show: bool) -> None:
    rng = random.Random(7)
    print(f"{'kind':<6} {'recall, known words':<30} {'other words':<30} {'alone':<30} precision")
    totals: dict[str, list[Trial]] = {way: [] for way in WAYS}
    for kind, planted in PLANTED.items():
        trials = {way: [plant(kind, planted, way, messages, rng, clean) for _ in range(count)] for way in WAYS}
        print_row(kind, trials)
        for way, tried in trials.items():
            totals[way] += tried if kind != "NAME" else []
            if show:
                missed = [trial.text for trial in tried if not trial.found]
                print(*(f"   {way}: missed in {text!r}" for text in missed[:6]), sep="\n")
    print_row("forms", totals)
    every = [trial for tried in totals.values() for trial in tried]
    print(f"recall of all that has a form, in any words: {say_share((trial.form, int(trial.found), 1) for trial in every)}")


def print_row(kind: str, trials: dict[str, list[Trial]]) -> None:
    shares = [say_share((trial.form, int(trial.found), 1) for trial in tried) for tried in trials.values()]
    every = [trial for tried in trials.values() for trial in tried]
    precision = say_share((trial.form, trial.right, len(trial.scrubbed.found)) for trial in every)
    print(f"{kind:<6} {shares[0]:<30} {shares[1]:<30} {shares[2]:<30} {precision}")


def measure_alike(clean: Clean, count: int, *, show: bool) -> None:
    rng = random.Random(11)
    made = [(str(at), ALIKE[at](rng)) for at in range(len(ALIKE)) for _ in range(count)]
    scrubbed = [(form, text, clean(text)) for form, text in made]
    print(f"look-alikes with anything taken for personal data: {say_share((form, int(bool(each.found)), 1) for form, _, each in scrubbed)}")
    if show:
        print(*(f"   wrong: {text} -> {each.text}" for _, text, each in scrubbed if each.found), sep="\n")


def measure_hard(clean: Clean, name: str, messages: Mapping[str, Sequence[str]]) -> None:
    values = [(text, value) for text, found in messages.items() for value in found]
    missed = [value for text, value in values if value in clean(text).text]
    print(f"{name} messages: {say_share((text, int(value not in clean(text).text), 1) for text, value in values)} values found")
    print(f"   missed: {', '.join(map(repr, missed))}")


def measure_real(clean: Clean, name: str, texts: Sequence[str], *, show: bool) -> None:
    counts: Counter[str] = Counter()
    for text in texts:
        scrubbed = clean(text)
        counts.update(scrubbed.kinds)
        if show and scrubbed.found:
            print("  ", text[:100].replace("\n", " "), "->", dict(scrubbed.found))
    print(f"{name}: found in {len(texts):,} messages: {dict(counts)} ({1000 * sum(counts.values()) / len(texts):.1f} in 1,000)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500, help="values of each kind and way")
    parser.add_argument("--finder", help="finds what the patterns leave")
    parser.add_argument("--show", action="store_true", help="show what is missed and what is found")
    options = parser.parse_args()
    finders: tuple[Finder, ...] = (FINDERS.build(options.finder),) if options.finder else ()
    clean = partial(scrub, finders=finders)
    real = {
        "banking77": [row.text for row in banking_rows()],
        "hwu64": typed_hwu_texts(),
        "meeting router": [row.text for row in router_rows()],
        "sms": sms_texts(),
        "support channels": irc_texts(),
    }
    measure_planted(clean, options.count, [text for texts in real.values() for text in halve(texts, second=True)], show=options.show)
    print()
    measure_alike(clean, options.count, show=options.show)
    measure_hard(clean, "seen", SEEN)
    measure_hard(clean, "fresh", FRESH)
    print()
    for name, texts in real.items():
        measure_real(clean, name, texts, show=options.show)


if __name__ == "__main__":
    main()
