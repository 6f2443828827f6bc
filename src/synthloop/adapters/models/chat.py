"""What models behind HTTP share: how they are described, and that a schema is asked for in the way that the server takes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from synthloop.adapters.models.addresses import check_url
from synthloop.adapters.models.prices import Price
from synthloop.adapters.models.requests import read_request
from synthloop.adapters.models.schemas import KnownSchema, Schemas, Structured, Way
from synthloop.adapters.models.wire import Wire
from synthloop.adapters.transport import AiohttpTransport, Transport
from synthloop.core.ask import Answer, Ask
from synthloop.core.json_value import JsonValue
from synthloop.core.model import ModelRequest


@dataclass(slots=True, kw_only=True, eq=False)
class ChatModel(ABC):
    """A model that is sent a list of messages over HTTP; a subclass knows the protocol."""

    name: str
    version: str
    """What its answers depend on besides the request."""
    model: str
    """What the endpoint calls it."""
    url: str
    """Base address, with or without `/v1`."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """`${NAME}` stands for an environment variable, e.g. `Authorization: Bearer ${OPENAI_API_KEY}`; it is read on the first call."""
    parameters: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """Sent with every request, e.g. `temperature`; those of a request stand in for them."""
    structured: Structured = "auto"
    price: Price | None = None
    """What its tokens cost; None: unknown."""
    transport: Transport = field(default_factory=AiohttpTransport)
    _wire: Wire = field(init=False, repr=False)
    _schemas: Schemas = field(init=False, repr=False)

    def __post_init__(self) -> None:
        check_url(self.url, f"model {self.name!r}")
        self._wire = self._connect()
        self._schemas = Schemas(structured=self.structured)

    @property
    def endpoint(self) -> str:
        """What its limits belong to."""
        return self._wire.endpoint

    async def answer(self, ask: Ask) -> Answer:
        """Send the request and read the answer. With `structured: auto`, a server that refuses a schema is asked in the next way.

        Raises:
            ModelError: The endpoint can't be reached, reports an error (retryable for 408, 409, 425, 429 and 5xx), or sends something
                unusable. Fatal where no other request would fare better: a wrong key, no credit, no such model or address.
        """
        request = read_request(ask, self.name)
        if request.schema is None:
            return await self._send(ask, request, None, "prompt")
        known = self._schemas.find(request.schema)
        return await self._wire.send_shaped(self._schemas, known, lambda way: self._send(ask, request, known, way))

    def in_way(self, way: Way) -> Self:
        """Return the same model with schemas said in one way alone."""
        return replace(self, structured=way)

    async def list_models(self) -> tuple[str, ...]:
        """Return what the endpoint calls its models; see `Wire.list_models`."""
        return await self._wire.list_models()

    async def close(self) -> None:
        """Close all connections."""
        await self.transport.close()

    @abstractmethod
    def _connect(self) -> Wire:
        """Return the endpoint, with its whole address."""

    @abstractmethod
    async def _send(self, ask: Ask, request: ModelRequest, known: KnownSchema | None, way: Way) -> Answer:
        """Ask once, with a schema said in one way, and read the answer."""


__all__ = ["ChatModel"]
