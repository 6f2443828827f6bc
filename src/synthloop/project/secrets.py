"""Keys that were pasted into a file that gets shared."""

import re
from collections.abc import Iterator

from synthloop.core.errors import Problem
from synthloop.core.json_value import JsonValue
from synthloop.project.yaml_source import FieldPath, Source

_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_KNOWN_KEY = re.compile(r"\b(sk-|sk_|pk_|rk_|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abeprs]-|AKIA|AIza|hf_|gsk_|eyJ)[A-Za-z0-9_.-]{8,}")
_LONG_TOKEN = re.compile(r"(?=[A-Za-z0-9+/=_-]*[0-9])(?=[A-Za-z0-9+/=_-]*[A-Za-z])[A-Za-z0-9+/=_-]{24,}")
_KEY_HEADER = re.compile(r"auth|token|secret|password|cookie|api[-_]?key|access[-_]?key", re.IGNORECASE)
_KEY_IN_URL = re.compile(r"://[^/@\s]*:[^/@\s{}]+@|[?&](api[-_]?key|key|token|access_token|secret)=[^&{}$]{4,}", re.IGNORECASE)


def looks_like_secret(text: str, name: str = "") -> bool:
    """Return whether a text holds something that should come from the environment.

    Args:
        text: A header's value, a URL, or any other text that is sent.
        name: The header's name; a telling one makes any value suspicious.

    Example:
        >>> looks_like_secret("Bearer ${API_KEY}", "Authorization"), looks_like_secret("Bearer 93hf73hf", "Authorization")
        (False, True)
    """
    left = _REFERENCE.sub("", text)
    if _KNOWN_KEY.search(left) or _KEY_IN_URL.search(left):
        return True
    if not name:
        return False
    bare = re.sub(r"^\s*(bearer|basic|token|key)\b", "", left, flags=re.IGNORECASE).strip()
    return bool(_LONG_TOKEN.search(bare)) or (bool(_KEY_HEADER.search(name)) and len(bare) >= 6)


def refuse_secret(source: Source, path: FieldPath, variable: str = "MY_API_KEY") -> Problem:
    """Return the problem of a key that stands in a file, with the environment variable to use instead."""
    fix = f"Write `${{{variable}}}`, set that environment variable, and replace the key: files get shared."
    return source.problem(path, "the value looks like a secret.", fix)


def texts_in(value: JsonValue) -> Iterator[str]:
    """Yield every text in a JSON value, keys aside."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)


__all__ = ["looks_like_secret", "refuse_secret", "texts_in"]
