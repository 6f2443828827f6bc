"""Entities that a spaCy pipeline recognises (extra `names`)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any

from synthloop.core.errors import MissingExtraError, UsageError
from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.span import Span

_NOT_NEEDED = ("parser", "tagger", "morphologizer", "attribute_ruler", "lemmatizer", "senter")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpacyEntities:
    """Names of people, and other entities, that a spaCy pipeline recognises. Needs the extra `names` and a pipeline."""

    pipeline: str = "en_core_web_sm"
    """Name of an installed pipeline, or a folder; `python -m spacy download NAME` installs one."""
    kinds: Mapping[str, str] = field(default_factory=lambda: {"PERSON": "name", "PER": "name"})
    """Label of an entity -> what kind of personal data it is; entities of other labels are left alone."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("finders", "spacy", self)

    def find(self, texts: Sequence[str]) -> Iterator[list[Span]]:
        """Yield for each text the entities of the named labels.

        Raises:
            MissingExtraError: spaCy is not installed.
            UsageError: There is no such pipeline, or it recognises no entities.
        """
        for read in _load(self.pipeline).pipe(texts):
            named = [each for each in read.ents if each.label_ in self.kinds]
            yield [Span(start=each.start_char, end=each.end_char, kind=self.kinds[each.label_]) for each in named]


@lru_cache(maxsize=2)
def _load(name: str) -> Any:
    try:
        library: Any = import_module("spacy")
    except ImportError as error:
        raise MissingExtraError("spacy", "names", "the finder 'spacy'") from error
    try:
        pipeline = library.load(name, exclude=_NOT_NEEDED)
    except OSError as error:
        raise UsageError(
            f"finder 'spacy': there is no pipeline {name!r}. Fix: python -m spacy download {name}, or name the folder of one of yours."
        ) from error
    if not any("doc.ents" in pipeline.get_pipe_meta(part).assigns for part in pipeline.pipe_names):
        raise UsageError(f"finder 'spacy': the pipeline {name!r} recognises no entities. Fix: name one with the part `ner`.")
    return pipeline


__all__ = ["SpacyEntities"]
