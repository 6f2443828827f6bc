"""An app that converses by a script."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from synthloop.core.ask import Answer, Ask, TurnRequest
from synthloop.core.conversation import AppReply
from synthloop.core.errors import AppError

ChatLine = str | AppReply | AppError
ChatScript = Sequence[ChatLine] | Callable[[TurnRequest], ChatLine]


@dataclass(slots=True, kw_only=True)
class ScriptedChat:
    """Goes through its script in each conversation and remembers every ask.

    Example:
        >>> import asyncio
        >>> from synthloop.core.sample import Message
        >>> app = ScriptedChat(script=["Which size?", AppReply(messages=("Done.",), done=True)])
        >>> request = TurnRequest(messages=(Message(role="user", text="tea"),), session="s")
        >>> asyncio.run(app.answer(Ask(to="scripted", version="1", request=request))).value
        {'messages': ['Which size?']}
    """

    script: ChatScript
    """What it says in turn 0, 1, ..., or an error to raise; it is silent where that ends. Or a function of the request."""
    name: str = "scripted"
    version: str = "1"
    keeps_sessions: bool = True
    asked: list[Ask] = field(default_factory=list[Ask])
    """Every ask so far, in order of arrival."""
    open: set[str] = field(default_factory=set[str])
    """Conversations that were begun and have not ended."""
    ended: list[str] = field(default_factory=list[str])
    """Every session that was ended, in order, as often as it was."""
    closed: int = 0
    """How often `close` was called."""

    async def answer(self, ask: Ask) -> Answer:
        """Answer from the script; a single question is a conversation of its own.

        Raises:
            AppError: The script says so, or the conversation was begun elsewhere.
        """
        self.asked.append(ask)
        request = ask.request if isinstance(ask.request, TurnRequest) else TurnRequest(messages=ask.request.messages)
        if self.keeps_sessions and request.turn == 0:
            self.open.add(request.session)
        if self.keeps_sessions and request.session not in self.open:
            raise AppError(f"{self.name}: knows nothing of this conversation; it was begun elsewhere", reason="session_lost")
        said = self._find(request)
        if isinstance(said, AppError):
            raise said
        reply = AppReply(messages=(said,)) if isinstance(said, str) else said
        return Answer(value=msgspec.json.decode(msgspec.json.encode(reply)))

    async def end_session(self, session: str) -> None:
        """Forget a conversation."""
        self.open.discard(session)
        self.ended.append(session)

    async def close(self) -> None:
        """Forget all conversations and count the call."""
        self.open.clear()
        self.closed += 1

    def _find(self, request: TurnRequest) -> ChatLine:
        if callable(self.script):
            return self.script(request)
        return self.script[request.turn] if request.turn < len(self.script) else AppReply()


__all__ = ["ChatLine", "ChatScript", "ScriptedChat"]
