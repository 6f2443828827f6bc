"""JSON over HTTP, the same for every endpoint: one pool of connections, and errors in words."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import urlsplit

import aiohttp

from synthloop.core.errors import UsageError

if TYPE_CHECKING:
    import ssl

_CONNECT_S = 10.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

Trouble = Literal["network", "certificate", "size"]
"""Nobody answered, or it broke off; who answered can't prove who it is; the answer is larger than what is read."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Names are found in any case."""
    body: bytes


class TransportError(Exception):
    """Nothing came back, or not all of it; the message never shows the address, whose query may hold a key."""

    def __init__(self, message: str, trouble: Trouble = "network") -> None:
        self.trouble: Trouble = trouble
        super().__init__(message)


class Transport(Protocol):
    """Sends requests and returns what comes back."""

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Response:
        """Send one request. Redirects are not followed.

        Raises:
            TransportError: The endpoint can't be reached, or broke off.
        """
        ...

    async def close(self) -> None:
        """Close all connections. The next `send`, in whichever event loop, opens new ones."""
        ...


@dataclass(slots=True, kw_only=True, eq=False)
class AiohttpTransport:
    """The transport of everyday: aiohttp, the client that costs least. Serves one endpoint; keeps its connections, and no cookies."""

    ca_file: str = ""
    """Certificates to trust in place of the system's, in PEM; for endpoints that signed their own."""
    proxies_from_environment: bool = False
    """Whether `HTTPS_PROXY` and the like are obeyed; never for this machine's own addresses."""
    most_bytes: int = 20_000_000
    """Largest body that is read."""
    _session: aiohttp.ClientSession | None = field(init=False, repr=False, default=None)

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Response:
        """Send one request.

        Raises:
            TransportError: The endpoint can't be reached, or broke off.
            UsageError: `ca_file` can't be read.
        """
        session = self._session or self._open(url)
        try:
            async with session.request(method, url, data=body, headers=headers, allow_redirects=False) as response:
                return Response(response.status, response.headers, await self._read(response))
        except (aiohttp.ClientError, OSError) as error:  # aiohttp's own time-outs are OSErrors
            trouble: Trouble = "certificate" if isinstance(error, aiohttp.ClientConnectorCertificateError) else "network"
            raise TransportError(explain_network(error), trouble) from None  # the original may hold the whole URL

    async def close(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        if response.content_length is not None and response.content_length <= self.most_bytes:
            return await response.read()
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.content.iter_chunked(65536):
            size += len(chunk)
            if size > self.most_bytes:
                raise TransportError(f"sent more than {self.most_bytes:,} bytes", "size")
            chunks.append(chunk)
        return b"".join(chunks)

    def _open(self, url: str) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=self._trust()),  # the engine limits what is in flight
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S),  # the engine limits the whole
            trust_env=self.proxies_from_environment and urlsplit(url).hostname not in _LOOPBACK,
            cookie_jar=aiohttp.DummyCookieJar(),  # what one request left behind must not reach the next
        )
        return self._session

    def _trust(self) -> "ssl.SSLContext | Literal[True]":
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
    match error:
        case aiohttp.InvalidURL():
            return "that is no valid address"
        case aiohttp.ClientPayloadError():
            return "it broke off in the middle of its answer"
        case aiohttp.ClientHttpProxyError():
            return f"the proxy of the environment refuses ({error.status} {error.message})"
        case aiohttp.ClientResponseError():
            return " ".join(f"it does not speak HTTP as it should: {error.message}".split())
        case aiohttp.ClientConnectorCertificateError():
            return f"its certificate is refused ({getattr(error.certificate_error, 'verify_message', '') or 'it is not trusted'})"
        case _:
            return _explain_system(error)


def _explain_system(error: Exception) -> str:
    code = getattr(error, "errno", None)
    if isinstance(code, int) and code > 0:  # those of name look-ups are negative, and their text says more
        return f"{'the proxy of the environment: ' if isinstance(error, aiohttp.ClientProxyConnectionError) else ''}{os.strerror(code)}"
    if isinstance(error, aiohttp.ClientOSError) and code is None:
        return "it broke off while the request was sent"  # aiohttp's own words hold the whole address
    return " ".join(str(error).split()) or type(error).__name__


__all__ = ["AiohttpTransport", "Response", "Transport", "TransportError", "Trouble", "explain_network", "parse_retry_after"]
