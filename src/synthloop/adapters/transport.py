"""JSON over HTTP, the same for every endpoint: one pool of connections, and errors in words."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from time import time
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp

from synthloop.core.errors import UsageError

_CONNECT_S = 10.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Names are found in any case."""
    body: bytes


class TransportError(Exception):
    """Nothing came back, or not all of it; the message never shows the address, whose query may hold a key."""


class Transport(Protocol):
    """Sends JSON and returns what comes back."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Send one request. Redirects are not followed.

        Raises:
            TransportError: The endpoint can't be reached, or broke off.
        """
        ...

    async def close(self) -> None:
        """Close all connections. The next `post` opens new ones."""
        ...


@dataclass(slots=True, kw_only=True, eq=False)
class AiohttpTransport:
    """The transport of everyday: aiohttp, the client that costs least (see `benchmarks/model_runs.py`)."""

    ca_file: str = ""
    """Certificates to trust besides the system's, in PEM; for endpoints that signed their own."""
    proxies_from_environment: bool = True
    """Whether `HTTPS_PROXY` and the like are obeyed; never for this machine's own addresses."""
    most_bytes: int = 20_000_000
    """Largest body that is read."""
    _session: aiohttp.ClientSession | None = field(init=False, repr=False, default=None)
    _local: aiohttp.ClientSession | None = field(init=False, repr=False, default=None)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Send one request.

        Raises:
            TransportError: The endpoint can't be reached, or broke off.
            UsageError: `ca_file` can't be read.
        """
        session = self._session_for(url)
        try:
            async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                return Response(response.status, response.headers, await self._read(response))
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise TransportError(explain_network(error)) from None  # the original may hold the whole URL

    async def close(self) -> None:
        """Close all connections."""
        sessions, self._session, self._local = (self._session, self._local), None, None
        for session in sessions:
            if session is not None:
                await session.close()

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        if (response.content_length or 0) > self.most_bytes:
            raise TransportError(f"it sends more than {self.most_bytes:,} bytes")
        body = await response.read()
        if len(body) > self.most_bytes:
            raise TransportError(f"it sent more than {self.most_bytes:,} bytes")
        return body

    def _session_for(self, url: str) -> aiohttp.ClientSession:
        if urlsplit(url).hostname in _LOOPBACK:
            self._local = self._local or self._open(proxies=False)
            return self._local
        self._session = self._session or self._open(proxies=self.proxies_from_environment)
        return self._session

    def _open(self, *, proxies: bool) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=self._trust()),  # the engine limits what is in flight
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S),  # the engine limits the whole
            trust_env=proxies,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=True,
        )

    def _trust(self):
        if not self.ca_file:
            return True
        import ssl  # noqa: PLC0415 - only needed for endpoints that signed their own certificates

        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"ca_file {self.ca_file!r} can't be read: {error}. Fix: name a file of certificates in PEM.") from error


def parse_retry_after(value: str | None) -> float | None:
    """Return the seconds that a `Retry-After` header asks for, given as seconds or as a date; None where it can't be read.

    Example:
        >>> parse_retry_after("2")
        2.0
    """
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time())
    except ValueError:
        return None


def explain_network(error: Exception) -> str:
    """Return what went wrong, in one line; never the address, whose query may hold a key."""
    if isinstance(error, aiohttp.InvalidURL):
        return "that is no valid address"
    if isinstance(error, aiohttp.ClientResponseError):
        return " ".join(f"it does not speak HTTP as it should: {error.message}".split())
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        why = getattr(error.certificate_error, "verify_message", "") or "it is not trusted"
        return f"its certificate is refused ({why}). Fix: name the file of the authority that signed it in `ca_file`"
    code = getattr(error, "errno", None)
    if isinstance(code, int) and code > 0:  # those of name look-ups are negative, and their text says more
        return os.strerror(code)
    return " ".join(str(error).split()) or type(error).__name__


__all__ = ["AiohttpTransport", "Response", "Transport", "TransportError", "explain_network", "parse_retry_after"]
