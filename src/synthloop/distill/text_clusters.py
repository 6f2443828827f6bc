"""Groups of texts that read alike."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]

MOST_HDBSCAN = 20_000
"""Above this many texts k-means groups them: HDBSCAN's cost grows with the square."""

DIMENSIONS = 32
"""Dimensions that TF-IDF is reduced to: enough to tell phrasings apart, few enough for density to mean something."""

MOST_GROUPS = 50
"""Groups that k-means makes at most."""


_ONE_LETTER_WORDS: dict[str, Any] = {"token_pattern": r"(?u)\b\w+\b"}
"""Short messages are full of them ("u", "2", "r"); the default leaves them out."""


def cluster_texts(texts: Sequence[str], smallest: int, seed: int) -> tuple[Labels, Points]:
    """Return a group number for each text and the texts as points of length 1, shape (texts, dimensions).

    -1 stands for texts that resemble no group; they count as one group together. Fewer than two groups' worth of texts stay together.

    Args:
        texts: Any texts, at least one.
        smallest: Texts that make a group, at least 2.
        seed: Where k-means and the reduction start.
    """
    points = embed_texts(texts, seed)
    if len(texts) < 2 * smallest or points.shape[1] < 2:
        return np.zeros(len(texts), dtype=np.intp), points
    if len(texts) > MOST_HDBSCAN:
        return _cluster_many(points, seed), points
    from sklearn.cluster import HDBSCAN  # noqa: PLC0415 - loads only where there are failures to group

    build: Any = HDBSCAN
    labels: Labels = build(min_cluster_size=max(2, smallest), min_samples=2, copy=True).fit_predict(points)
    return labels if (labels >= 0).any() else np.zeros(len(texts), dtype=np.intp), points


def embed_texts(texts: Sequence[str], seed: int) -> Points:
    """Return texts as points of length 1 (or 0 for a text without words), by TF-IDF of words and word pairs."""
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415 - loads only where there are failures to group
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - the same

    vectorizer: Any = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_features=20_000, **_ONE_LETTER_WORDS)
    try:
        weights: Any = vectorizer.fit_transform(texts)
    except ValueError:  # no text has a word
        return np.zeros((len(texts), 1))
    dimensions = min(DIMENSIONS, weights.shape[1] - 1, weights.shape[0] - 1)
    if dimensions < 2:
        return cast("Points", weights.toarray())
    reduce: Any = TruncatedSVD(dimensions, random_state=seed)
    with np.errstate(invalid="ignore", divide="ignore"):  # texts that are all the same have no variance to explain
        points = cast("Points", reduce.fit_transform(weights))
    return points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-12)


def rank_central(points: Points) -> list[int]:
    """Return the places of points from the most central outwards; ties keep their order."""
    similarity: Points = points @ points.mean(axis=0)
    return cast("list[int]", np.argsort(-np.round(similarity, 9), kind="stable").tolist())


def _cluster_many(points: Points, seed: int) -> Labels:
    from sklearn.cluster import MiniBatchKMeans  # noqa: PLC0415 - loads only where there are very many failures

    groups = min(MOST_GROUPS, max(2, round((len(points) / 2) ** 0.5)))
    build: Any = MiniBatchKMeans
    return cast("Labels", build(groups, random_state=seed, n_init=3).fit_predict(points).astype(np.intp))


__all__ = ["DIMENSIONS", "MOST_GROUPS", "MOST_HDBSCAN", "Labels", "Points", "cluster_texts", "embed_texts", "rank_central"]
