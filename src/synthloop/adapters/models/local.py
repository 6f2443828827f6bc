"""Weights on disk, through transformers (extra `local`)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec

from synthloop.adapters.models.openai_compatible import say_schema
from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import MissingExtraError, ModelError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id
from synthloop.core.model import Finish, ModelReply, ModelRequest
from synthloop.core.usage import Usage

_MAX_TOKENS = 512
_ROLES = {"user": "user", "app": "assistant", "system": "system", "tool": "user"}


@dataclass(slots=True, kw_only=True, eq=False)
class LocalModel:
    """A causal language model from a folder, as transformers saves them. One call at a time, in a thread of its own.

    The chat template of its tokenizer is used where it has one. A schema is said in the prompt: the answer is checked, not steered. The
    replica seeds what is drawn, so that repeats differ and a repeated run gives the same.
    """

    name: str
    version: str
    folder: Path
    parameters: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """`temperature`, `top_p`, `max_tokens`."""
    endpoint: str = field(init=False)
    _loaded: tuple[Any, Any] | None = field(init=False, repr=False, default=None)
    _turn: asyncio.Lock | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if not (self.folder / "config.json").is_file():
            raise UsageError(
                f"model {self.name!r}: {self.folder} holds no model. Fix: name a folder with config.json, weights and tokenizer."
            )
        self.endpoint = content_id("local", str(self.folder))[:12]

    async def answer(self, ask: Ask) -> Answer:
        """Generate an answer.

        Raises:
            ModelError: The weights can't be used, or the prompt is too long for them.
            MissingExtraError: transformers or torch is not installed.
        """
        request = ask.request
        if not isinstance(request, ModelRequest):
            raise ModelError(f"{self.name}: asked as if it were an app. Fix: ask with a ModelRequest.")
        self._turn = self._turn or asyncio.Lock()
        async with self._turn:
            started_s = perf_counter()
            try:
                reply, read, written = await asyncio.to_thread(self._generate, request, ask.replica)
            except (RuntimeError, ValueError, IndexError, OSError) as error:
                raise ModelError(f"{self.name}: can't answer: {type(error).__name__}: {error}") from error
        usage = Usage(latency_s=perf_counter() - started_s, tokens_in=read, tokens_out=written, cost_usd=0.0)
        return Answer(value=msgspec.to_builtins(reply), usage=usage)

    async def close(self) -> None:
        """Let go of the weights."""
        self._loaded, self._turn = None, None

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            try:
                import_module("torch")
                transformers: Any = import_module("transformers")
            except ImportError as error:
                raise MissingExtraError("transformers", "local", f"model {self.name!r}") from error
            tokenizer: Any = transformers.AutoTokenizer.from_pretrained(str(self.folder), local_files_only=True)
            model: Any = transformers.AutoModelForCausalLM.from_pretrained(str(self.folder), local_files_only=True)
            self._loaded = tokenizer, model.eval()
        return self._loaded

    def _generate(self, request: ModelRequest, replica: int) -> tuple[ModelReply, int, int]:
        tokenizer, model = self._load()
        torch: Any = import_module("torch")
        settings = {**self.parameters, **request.parameters}
        said = tokenizer(self._say(tokenizer, request), return_tensors="pt")
        limit = _read_number(settings, "max_tokens", _MAX_TOKENS)
        temperature, top_p = _read_number(settings, "temperature", 1.0), _read_number(settings, "top_p", 1.0)
        torch.manual_seed(int(content_id(request.messages, replica)[:8], 16))
        with torch.no_grad():
            drawn: Any = model.generate(
                **said,
                max_new_tokens=int(limit),
                do_sample=temperature > 0,
                pad_token_id=tokenizer.pad_token_id or tokenizer.eos_token_id or 0,
                **({"temperature": temperature, "top_p": top_p} if temperature > 0 else {}),
            )
        read = int(said["input_ids"].shape[1])
        written = drawn[0][read:]
        text: str = tokenizer.decode(written, skip_special_tokens=True)
        finish: Finish = "length" if len(written) >= limit else "stop"
        return ModelReply(text=text, finish=finish, served_by=self.folder.name), read, len(written)

    def _say(self, tokenizer: Any, request: ModelRequest) -> str:
        messages = [{"role": _ROLES[message.role], "content": message.text} for message in request.messages]
        if request.schema is not None:
            messages[-1]["content"] += f"\n\n{say_schema(request.schema)}"
        if getattr(tokenizer, "chat_template", None):
            return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return "\n\n".join(message["content"] for message in messages) + "\n\n"


def _read_number(settings: Mapping[str, JsonValue], name: str, usual: float) -> float:
    value = settings.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else usual


__all__ = ["LocalModel"]
