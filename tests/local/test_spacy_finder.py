"""Names by a spaCy pipeline that the test trains: `make test-local`."""

import random
from pathlib import Path
from typing import Any

import pytest

from synthloop.adapters.finders.spacy import SpacyEntities
from synthloop.core.errors import UsageError
from synthloop.curate.personal_data import restore, scrub

pytestmark = [pytest.mark.local, pytest.mark.filterwarnings("ignore")]

NAMES = ("Ana Silva", "Okafor", "Tom", "Mei Park", "Jürgen Novák", "Priya", "Wes", "Helena Roux")
FRAMES = ("{} wants a table", "the booking is under {}", "pls tell {} too", "it was {} who called", "is {} in today", "{} and i will come")
PLAIN = ("any table left tonight", "where is my order", "Friday is fine for us", "The bar in Paris was full", "send me the menu")


def library() -> Any:
    return pytest.importorskip("spacy", reason="needs the extra `names`: make test-local")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a recognizer of names on a few dozen messages, and save it as spaCy does."""
    spacy = library()
    spacy.util.fix_random_seed(0)
    pipeline = spacy.blank("en")
    pipeline.add_pipe("ner").add_label("PERSON")
    texts = [(frame.format(name), (frame.index("{}"), frame.index("{}") + len(name), "PERSON")) for frame in FRAMES for name in NAMES]
    marked = [(text, {"entities": [span]}) for text, span in texts] + [(text, {"entities": []}) for text in PLAIN] * 4
    examples = [spacy.training.Example.from_dict(pipeline.make_doc(text), marks) for text, marks in marked]
    optimizer = pipeline.initialize(lambda: examples)
    rng = random.Random(0)
    for _ in range(15):
        rng.shuffle(examples)
        for at in range(0, len(examples), 8):
            pipeline.update(examples[at : at + 8], sgd=optimizer, drop=0.1)
    path = tmp_path_factory.mktemp("pipeline")
    pipeline.to_disk(path)
    return path


def test_names_that_nothing_announces_are_found_by_a_trained_pipeline(folder: Path) -> None:
    finder = SpacyEntities(pipeline=str(folder))
    text = "the booking is under Helena Roux, mail ana@example.org"
    assert scrub(text).text == "the booking is under Helena Roux, mail [EMAIL_1]"
    scrubbed = scrub(text, [finder])
    assert scrubbed.text == "the booking is under [NAME_1], mail [EMAIL_1]"
    assert restore(scrubbed.text, scrubbed.found) == text
    assert scrub("any table left tonight", [finder]).found == {}


def test_labels_that_are_not_named_are_left_alone(folder: Path) -> None:
    finder = SpacyEntities(pipeline=str(folder), kinds={"GPE": "place"})
    assert scrub("the booking is under Helena Roux", [finder]).found == {}


def test_a_pipeline_that_is_not_there_or_knows_no_entities_is_refused(tmp_path: Path) -> None:
    spacy = library()
    with pytest.raises(UsageError, match=r"there is no pipeline 'nn_none'\. Fix: python -m spacy download nn_none"):
        list(SpacyEntities(pipeline="nn_none").find(["hi"]))
    spacy.blank("en").to_disk(tmp_path)
    with pytest.raises(UsageError, match="recognises no entities"):
        list(SpacyEntities(pipeline=str(tmp_path)).find(["hi"]))
