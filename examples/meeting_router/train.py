"""Train the router on what the loop exported: `python train.py exports/train.jsonl` writes `model.joblib`."""

import json
import sys
from pathlib import Path

import joblib
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC


def train(source: Path, destination: Path) -> int:
    """Fit character and word features with a linear SVM; return the number of examples."""
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    features = FeatureUnion([("letters", letters), ("words", TfidfVectorizer(ngram_range=(1, 2)))])
    model = Pipeline([("features", features), ("classifier", LinearSVC(class_weight="balanced"))])
    model.fit([row["messages"][-1]["text"] for row in rows], [row["expected"] for row in rows])
    joblib.dump(model, destination)
    return len(rows)


if __name__ == "__main__":
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "exports/train.jsonl")
    destination = Path(__file__).parent / "model.joblib"
    print(f"trained on {train(source, destination)} examples -> {destination.name}")
