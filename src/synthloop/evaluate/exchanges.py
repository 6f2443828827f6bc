"""A transcript as what the user said and what the app said to it."""

from synthloop.core.transcript import Transcript


def list_exchanges(transcript: Transcript) -> list[tuple[str, str]]:
    r"""Return (user's text, app's text) pairs, in order; several messages of one side in a row are one text, line by line.

    An opening of the app stands with an empty text of the user, and a last message of the user with an empty one of the app.

    Example:
        >>> from synthloop.core.transcript import Turn
        >>> said = (Turn(role="app", text="Hi!"), Turn(role="user", text="hey"), Turn(role="user", text="a table"))
        >>> list_exchanges(Transcript(id="t", sample_id="s", app="a", app_version="1", turns=said, end_reason="answered"))
        [('', 'Hi!'), ('hey\na table', '')]
    """
    pairs: list[tuple[list[str], list[str]]] = []
    before = ""
    for turn in transcript.turns:
        if turn.role in ("user", "app"):
            if not pairs or (turn.role == "user" and before != "user"):
                pairs.append(([], []))
            pairs[-1][turn.role == "app"].append(turn.text)
            before = turn.role
    return [("\n".join(user).strip(), "\n".join(app).strip()) for user, app in pairs]


__all__ = ["list_exchanges"]
