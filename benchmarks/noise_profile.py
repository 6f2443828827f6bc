"""Does a noise profile that is fitted to real messages make texts like them?

Fits on half of each source, then asks four questions of the other half:

1. Put on clean requests of another source (clinc150), does the style come out as it was measured? Numbers that depend on what is said are
   measured given it (end marks given that the words ask, habits given that they could show), and weighed as the clean requests, before any
   noise, weigh words and forms of texts, so another content may be compared. The same follows as counted, without any weights.
2. The same on like content: a quarter of the source is cleaned (habits dropped, misspellings corrected, capitals and end marks taken off;
   for hwu64 the crowd's texts in their normalized form) and given the fitted style, and compared, as it is, with the quarter that was left
   alone.
3. Is the mix of spelling errors that of real learners (TOEFL-Spell)? Fitted on half of the essays, made on the correct words of the others.
4. Can a classifier (character 1-4-grams and logistic regression, five-fold) tell real messages from made ones? Content can't help it: both
   are of the same source, as in 2. AUC 0.5 is "no", for the fitted profile and for the generic setting, each with names that may lose
   their capitals, and as by default with names that keep them. hwu64 comes twice: its writers address an assistant ("olly, ..."), whom the
   crowd's normalized form leaves out; once both leave it out, once neither is touched. `real` shows what it finds between
   two quarters that were both left alone.

Run: python benchmarks/noise_profile.py [--quick]; the data is found through SYNTHLOOP_DATA (default: ../shared/data).
"""

import argparse
import gzip
import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from synthloop.core.lineage import Lineage, chance
from synthloop.core.ports import Noiser
from synthloop.core.sample import Message, make_sample
from synthloop.generate.noise.apply import apply_noise, noise_text
from synthloop.generate.noise.casing import set_case
from synthloop.generate.noise.commas import drop_commas
from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.error_kinds import ERROR_KINDS, ErrorMix, classify_error
from synthloop.generate.noise.fitting import fit_profile, fit_typos
from synthloop.generate.noise.forms import Asks
from synthloop.generate.noise.generic import GENERIC
from synthloop.generate.noise.habits import drop
from synthloop.generate.noise.measure import MEASURED, count_errors, list_statistics, measure_style
from synthloop.generate.noise.misspelling import Misspellings
from synthloop.generate.noise.profile import ProfileNoiser
from synthloop.generate.noise.punctuation import EndMark, set_end
from synthloop.generate.noise.spans import find_spans
from synthloop.generate.noise.spelling import Typos
from synthloop.generate.noise.style import NoiseProfile, StyleProfile, Tally

DATA = Path(os.environ.get("SYNTHLOOP_DATA", Path(__file__).parents[2] / "shared" / "data"))
SEED = 20_260
RARE = 100
"""Times that a habit must have shown in the real half for its share to be known to about 10 %."""
_NICK = re.compile(r"^(?:user\d+\s*[:,]\s*)+")
_ADDRESSEE = re.compile(
    r"^(?:(?:hey|hi|ok|okay) )?(?:olly|pda|alexa|siri|cortana|google|echo)\b[\s,:.!-]*"
    r"|[\s,]*\b(?:olly|pda|alexa|siri|cortana)(?=[.?!\s]*$)",
    re.IGNORECASE,
)
"""The assistant that a command names: the crowd's normalized form lacks it, and noise can't know it."""
_PLACEHOLDER = re.compile(r"_{2,}|\[[^\]]*:[^\]]*\]|<\w+>")

Rows = list[dict[str, Any]]
Source = list[tuple[str, str]]
"""(as typed, clean form or "" where nobody wrote one) pairs."""


def read_rows(path: str) -> Rows:
    file = DATA / path
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_sources() -> dict[str, Source]:
    """Return the messages of each source, shuffled; chat and commands lose whom they address, placeholders of masks are left out."""
    sms = [(row["text"], "") for row in read_rows("sms/messages_part1.jsonl") if row["label"] == "ham"]
    chat = [
        row["text"]
        for name in ("ubuntu_train_sample.jsonl.gz", "ubuntu_dev.jsonl", "rust.jsonl")
        for row in read_rows(f"irc_support/{name}")
    ]
    irc = [(_NICK.sub("", text.strip()).strip(), "") for text in chat]
    banking = [(row["text"], "") for row in read_rows("banking77/train.jsonl")]
    typed = [(row["text_user"], row["text"]) for row in read_rows("hwu64/train.jsonl.gz")]
    hwu = [(_ADDRESSEE.sub("", text), _ADDRESSEE.sub("", clean)) for text, clean in typed]
    sources = {"sms": sms, "irc_support": irc, "banking77": banking, "hwu64": hwu, "hwu64 with its addressees": typed}
    for name, source in sources.items():
        usable = {text.strip(): clean for text, clean in source if len(text.split()) > 2 and not _PLACEHOLDER.search(text)}
        sources[name] = list(usable.items())
        random.Random(SEED).shuffle(sources[name])
    return sources


def clean_text(text: str, misspellings: Misspellings, rng: random.Random) -> str:
    """Return a message without its style: misspellings corrected, habits dropped, no end mark, no capital at the start."""
    draft = Draft(text, find_spans(text))
    for at in draft.words(letters=4):
        word = draft.pieces[at]
        right = None if word[0].isupper() else misspellings.correct(word.lower())
        if right is not None:
            draft.change(at, right, "corrected")
    for habit in MEASURED:
        drop(draft, habit, rng)
    drop_commas(draft, 1.0, rng)
    set_end(draft, "none", rng)
    set_case(draft, "small")
    return draft.text().strip() or text


def make_texts(texts: Sequence[str], noiser: Noiser, *, stage: str) -> list[str]:
    return [noise_text(text, [noiser], chance(SEED, stage, str(at)), spans=find_spans(text))[0] for at, text in enumerate(texts)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of chances as estimated from messages."""

    value: float
    n: int
    error: float
    """Standard error: chances of one message are no independent draws, so their pairs within messages widen it."""


def list_shares(texts: Sequence[str], *, like: StyleProfile | None = None) -> dict[str, Share]:
    """Return what noise can match of the style of some texts: no lengths.

    Args:
        texts: Messages.
        like: The style of texts with another content: shares are then those that the same habits give among its words and forms of texts.
            "can't" is contracted more than "there's", so a share over all contractions changes with the words even where every habit stays.
    """
    style = measure_style(texts)
    shares = {
        row.name: Share(value=row.value, n=row.n, error=find_error(row.value, row.n, style.tally(row.name)))
        for row in list_statistics(style)
        if not row.name.startswith(("words", "chars"))
    }
    if like is not None:
        for habit in shares.keys() & style.words.keys():
            own, other = style.words[habit], like.words.get(habit, {})
            shares[habit] = weigh(
                {word: (tally.hits, tally.n) for word, tally in own.items()}, {word: tally.n for word, tally in other.items()}
            )
        for asks, end in product(get_args(Asks), get_args(EndMark)):
            shares[f"{asks} ends in: {end}"] = weigh(
                count_ends(style, asks, end), {form: n for form, (_, n) in count_ends(like, asks, end).items()}
            )
    return shares


def find_error(share: float, n: int, tally: Tally) -> float:
    """Return the standard error of a share whose chances may agree within messages."""
    spread = share * (1 - share)
    agreement = max(0.0, (tally.pair_hits / tally.pairs - share**2) / spread) if tally.pairs and spread else 0.0
    return float(np.sqrt(spread / max(n, 1) * (1 + agreement * tally.pairs / max(tally.n, 1))))


def weigh(own: Mapping[Any, tuple[int, int]], other: Mapping[Any, int]) -> Share:
    """Return the share of hits that `own` (hits, chances) give among the chances of `other`."""
    hits, n = (sum(column) for column in zip(*own.values(), strict=True)) if own else (0, 0)
    total = sum(other.values())
    pooled = hits / n if n else 0.0
    value = variance = 0.0
    for key, chances in other.items():
        own_hits, own_n = own.get(key, (0, 0))
        share = (own_hits + pooled) / (own_n + 1)
        value += chances / total * share
        variance += (chances / total) ** 2 * share * (1 - share) / (own_n + 1)
    return Share(value=value, n=n, error=float(np.sqrt(variance)))


def count_ends(style: StyleProfile, asks: str, end: str) -> dict[Any, tuple[int, int]]:
    """Return (texts with that end mark, texts) for each form of the texts that ask so."""
    counts: dict[Any, tuple[int, int]] = {}
    for manner in style.manners:
        if manner.asks == asks and manner.end != "other":
            hits, n = counts.get((manner.first_i, manner.size), (0, 0))
            counts[manner.first_i, manner.size] = (hits + (manner.end == end) * int(manner.share), n + int(manner.share))
    return counts


def compare(title: str, messages: Sequence[Sequence[str]], *, like: StyleProfile | None = None, verbose: bool) -> None:
    """Print what was found in messages fitted to, made, and of the other half, and how much lies within 10 %.

    Shares that are off are always printed, the others where it is to be `verbose`.
    """
    fitted, made, real = (list_shares(texts, like=like) for texts in messages)
    print(f"\n{title}: {', '.join(f'{len(texts)} {name}' for texts, name in zip(messages, ('fitted', 'made', 'real'), strict=True))}")
    counts: Counter[str] = Counter()
    for name, wanted in real.items():
        fit, got = (column.get(name, Share(value=0.0, n=0, error=0.0)) for column in (fitted, made))
        if min(fit.n, got.n, wanted.n) < RARE or wanted.value * wanted.n < RARE:
            continue
        mark = judge(fit, got, wanted)
        counts.update(("all", mark, f"half {judge(wanted, fit, wanted)}"))
        if verbose or mark == OFF:
            values = f"fitted {fit.value:6.3f}  made {got.value:6.3f}  real {wanted.value:6.3f}  n {got.n:6d} {wanted.n:6d}"
            print(f"  {name:32s} {values}  off {abs(got.value / wanted.value - 1):4.0%}  {mark}")
    near, half = counts[""], counts["half "]
    print(
        f"  within 10 %: {near} of {counts['all']} (the fitted half itself: {half}); or within the sampling error of made and real: ",
        end="",
    )
    print(f"{near + counts[CHANCE]};\n  or of the fitted half besides, which bounds what a profile can know: {counts['all'] - counts[OFF]}")


OFF, CHANCE, FIT_CHANCE = "*", "(within chance)", "(within the fit's chance)"


def judge(fit: Share, got: Share, wanted: Share) -> str:
    """Return nothing where a share is within 10 % of what is wanted, else whether chance may explain that it is not."""
    off = abs(got.value - wanted.value)
    if off <= 0.10 * wanted.value:
        return ""
    error = 1.96 * float(np.hypot(got.error, wanted.error))
    return CHANCE if off < error else FIT_CHANCE if off < np.hypot(error, 1.96 * fit.error) else OFF


def cross_validate(real: Sequence[str], made: Sequence[str]) -> str:
    """Return the AUC of telling real from made, with a bootstrap interval over messages."""
    n = min(len(real), len(made))
    texts = np.array([*real[:n], *made[:n]], dtype=object)
    labels = np.array([0] * n + [1] * n)
    scores = np.zeros(2 * n)
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(texts, labels):
        grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), lowercase=False, min_df=3, sublinear_tf=True)
        model = LogisticRegression(C=3, solver="liblinear")
        model.fit(grams.fit_transform(texts[train]), labels[train])
        scores[test] = cast("NDArray[np.float64]", model.decision_function(grams.transform(texts[test])))
    draws = np.random.default_rng(SEED)
    samples: list[float] = []
    for _ in range(400):
        rows = np.concatenate([draws.integers(0, n, n), draws.integers(n, 2 * n, n)])
        samples.append(area(scores[rows], n))
    low, high = np.quantile(samples, [0.025, 0.975])
    return f"{area(scores, n):.3f} [{low:.3f}, {high:.3f}]"


def area(scores: NDArray[np.float64], n: int) -> float:
    """Return the share of (real, made) pairs in which the made one scores higher; the first `n` scores are of real ones."""
    ranks = cast("NDArray[np.float64]", stats.rankdata(scores))
    return float((ranks[n:].sum() - n * (n + 1) / 2) / (n * (len(scores) - n)))


def run_source(name: str, source: Source, clinc: Sequence[str], size: int, *, verbose: bool) -> NoiseProfile:
    """Answer questions 1, 2 and 4 for one source."""
    half = len(source) // 2
    fit_on = [text for text, _ in source[:half]][: 2 * size]
    rest = source[half:][: 2 * size]
    real, to_clean = [text for text, _ in rest[: len(rest) // 2]], rest[len(rest) // 2 :]
    started = time.process_time()
    profile = fit_profile(fit_on, name=name)
    print(f"\n=== {name}: fitted to {profile.n} messages in {time.process_time() - started:.1f} CPU s")
    noiser = ProfileNoiser(profile=profile, recase_names=True)
    others = (fit_on, make_texts(clinc, noiser, stage="clinc"), [text for text, _ in rest])
    compare("1. other content (clinc150), weighed as it weighs words and forms", others, like=measure_style(clinc), verbose=verbose)
    compare("   the same as counted", others, verbose=False)
    misspellings = Misspellings([word.lower() for word in text.split()] for text, _ in source)
    rng = random.Random(SEED)
    clean = [written or clean_text(text, misspellings, rng) for text, written in to_clean]
    made = make_texts(clean, noiser, stage="own")
    compare("2. like content, cleaned and made again", (fit_on, made, real), verbose=verbose)
    print("  for example:", *(f"\n    {old}  ->  {new}" for old, new in list(zip(clean, made, strict=True))[:5]))
    print("\n4. AUC of real against ... (0.5: can't be told apart)")
    print(f"  fitted profile                {cross_validate(real, made)}")
    print_areas(profile, clean, real)
    print(f"  cleaned                       {cross_validate(real, clean)}")
    print(f"  real                          {cross_validate(real, [text for text, _ in to_clean])}")
    return profile


def print_areas(profile: NoiseProfile, clean: Sequence[str], real: Sequence[str]) -> None:
    """Print how well real messages can be told from those of the generic setting, and from both where names keep their capitals."""
    rows = (
        ("generic setting", ProfileNoiser(profile=GENERIC, recase_names=True)),
        ("fitted profile, names kept", ProfileNoiser(profile=profile)),
        ("generic setting, names kept", ProfileNoiser(profile=GENERIC)),
    )
    for label, noiser in rows:
        print(f"  {label:29s} {cross_validate(real, make_texts(clean, noiser, stage='own'))}")


def share_kinds(kinds: Counter[str]) -> NDArray[np.float64]:
    counts = np.array([kinds[kind] for kind in ERROR_KINDS], dtype=float)
    return counts / max(counts.sum(), 1.0)


def make_errors(words: Sequence[str], typos: Typos) -> Counter[str]:
    """Misspell correct words, a dozen at a time as in a sentence, until every word had its chance, and classify what came out."""
    kinds: Counter[str] = Counter()
    for at in range(0, len(words), 12):
        line = " ".join(words[at : at + 12])
        noised = typos.noise(line, (), chance(SEED, "errors", str(at)))
        for edit in noised.edits if noised else ():
            kinds["run-on" if edit.before == " " else classify_error(edit.after, edit.before)] += 1
    return kinds


def distance(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    return float(np.abs(left - right).sum() / 2)


def run_errors() -> None:
    """Answer question 3."""
    rows = read_rows("typos/toefl_spell.jsonl")
    essays = sorted({str(row["essay"]) for row in rows})
    random.Random(SEED).shuffle(essays)
    fit_essays = set(essays[: len(essays) // 2])
    pairs = [[(str(row["typo"]), str(row["word"])) for row in rows if (str(row["essay"]) in fit_essays) == fits] for fits in (True, False)]
    typos = fit_typos(count_errors(pairs[0]), rate=0.25)
    words = [word for _, right in pairs[1] for word in right.split()] * 4
    columns = {
        "fitted half": Counter(count_errors(pairs[0]).kinds),
        "made": make_errors(words, typos),
        "generic mix": make_errors(words, Typos(rate=0.25)),
        "one kind each": make_errors(
            words, Typos(rate=0.25, mix=ErrorMix(**{kind.replace("-", "_"): 1 / len(ERROR_KINDS) for kind in ERROR_KINDS}))
        ),
    }
    real_kinds = [classify_error(wrong, right) for wrong, right in pairs[1]]
    real = share_kinds(Counter(real_kinds))
    print(f"\n=== 3. TOEFL-Spell: {len(pairs[0])} errors fitted, {len(pairs[1])} left out; shares of kinds")
    print("  " + " " * 16 + "".join(f"{kind[:11]:>12s}" for kind in ERROR_KINDS))
    for name, kinds in (("real", Counter(real_kinds)), *columns.items()):
        print(f"  {name:16s}" + "".join(f"{share:12.3f}" for share in share_kinds(kinds)))
    draws = random.Random(SEED)
    for name, kinds in columns.items():
        drawn = [share_kinds(Counter(draws.choices(real_kinds, k=len(real_kinds)))) for _ in range(500)]
        distances = sorted(distance(share_kinds(kinds), sample) for sample in drawn)
        value = distance(share_kinds(kinds), real)
        print(f"  total variation distance to real, {name:14s} {value:.3f}  [{distances[12]:.3f}, {distances[487]:.3f}]")
    floor = sorted(distance(share_kinds(Counter(draws.choices(real_kinds, k=len(real_kinds)))), real) for _ in range(500))
    print(f"  for comparison, real against resampled real: median {floor[250]:.3f}")


def run_speed(profiles: dict[str, NoiseProfile], texts: Sequence[str]) -> None:
    """Print texts per CPU second: spans and noise alone, and with samples and lineage around."""
    lineage = Lineage(origin="authored")
    samples = [
        make_sample(behavior_id="b", scenario_id="s", messages=(Message(role="user", text=text),), lineage=lineage) for text in texts
    ]
    print("\n=== speed, texts per CPU second, one core")
    for name, profile in (*profiles.items(), ("generic", GENERIC)):
        noiser = ProfileNoiser(profile=profile)
        rng = random.Random(SEED)

        def noise_bare(text: str, noiser: Noiser = noiser, rng: random.Random = rng) -> object:
            return noiser.noise(text, find_spans(text), rng)

        bare = measure_rate(noise_bare, texts)
        whole = measure_rate(lambda sample, noiser=noiser: apply_noise(sample, [noiser], seed=1), samples)
        print(f"  {name:14s} spans and noise {bare:9,.0f}   apply_noise {whole:9,.0f}")


def measure_rate(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    started = time.process_time()
    for item in items:
        work(item)
    return len(items) / max(time.process_time() - started, 1e-9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer messages and no table of single statistics: about half a minute")
    quick = bool(parser.parse_args().quick)
    clinc = [str(row["text"]) for row in read_rows("clinc150/train.jsonl")]
    random.Random(SEED).shuffle(clinc)
    clinc = clinc[: 1000 if quick else 4000]
    profiles: dict[str, NoiseProfile] = {}
    for name, source in read_sources().items():
        profiles[name] = run_source(name, source, clinc, 400 if quick else 2500, verbose=not quick)
    run_errors()
    run_speed(profiles, clinc)


if __name__ == "__main__":
    main()
