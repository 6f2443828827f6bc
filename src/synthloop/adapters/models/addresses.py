"""Base addresses as people write them, with or without a slash, `/v1` or the whole path."""

from urllib.parse import urlsplit

from synthloop.core.errors import UsageError

CHAT = "/chat/completions"
"""Path of chat completions below a base address."""


def check_url(url: str, where: str) -> None:
    """Refuse what is no http(s) address.

    Raises:
        UsageError: It is none.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{where}: `url` is not an http(s) address. Fix: write it as http://127.0.0.1:8080/v1.")


def complete_openai(url: str) -> str:
    """Return the base address below which chat completions are: an address without any path gets `/v1`.

    Example:
        >>> complete_openai("http://127.0.0.1:8080/"), complete_openai("https://host/api/v2/chat/completions")
        ('http://127.0.0.1:8080/v1', 'https://host/api/v2')
    """
    base, query = _split(url)
    base = base.removesuffix(CHAT)
    return f"{base}{'' if _has_path(base) else '/v1'}{query}"


def complete_anthropic(url: str) -> str:
    """Return the base address below which messages are.

    Example:
        >>> complete_anthropic("https://api.anthropic.com"), complete_anthropic("https://host/claude/v1/messages")
        ('https://api.anthropic.com/v1', 'https://host/claude/v1')
    """
    base, query = _split(url)
    return f"{base.removesuffix('/messages').removesuffix('/v1')}/v1{query}"


def _split(url: str) -> tuple[str, str]:
    base, mark, query = url.strip().partition("?")
    return base.rstrip("/"), f"{mark}{query}"


def _has_path(base: str) -> bool:
    return "/" in base.partition("://")[2]


__all__ = ["CHAT", "check_url", "complete_anthropic", "complete_openai"]
