"""The app under test: a router that sends each message to one of three agents, asks back, or declines.

It starts as most routers start, with keywords. `train.py` turns a training set into `model.joblib`; where that file lies beside this
one, the router uses it instead.
"""

from functools import cache
from pathlib import Path
from typing import Any

import joblib

MODEL = Path(__file__).parent / "model.joblib"

KEYWORDS = {
    "summarize": ("summar", "recap", "notes", "minutes", "decide", "action item", "what was said"),
    "find_document": ("find", "document", "file", "deck", "open", "report", "contract", "where is"),
    "schedule": ("schedule", "book", "meeting", "calendar", "invite", "cancel", "move", "call with"),
}
FORBIDDEN = ("ignore", "system prompt", "instructions")


def route(text: str) -> str:
    """Return `schedule`, `summarize`, `find_document`, `ask_back` or `decline`."""
    model = load_model() if MODEL.exists() else None
    return route_by_keywords(text) if model is None else str(model.predict([text])[0])


def route_by_keywords(text: str) -> str:
    """Take the first agent one of whose keywords occurs."""
    lowered = text.lower()
    if any(word in lowered for word in FORBIDDEN):
        return "decline"
    for agent, words in KEYWORDS.items():
        if any(word in lowered for word in words):
            return agent
    return "ask_back" if len(lowered.split()) < 4 else "decline"


@cache
def load_model() -> Any:
    """Load what `train.py` wrote, once."""
    return joblib.load(MODEL)
