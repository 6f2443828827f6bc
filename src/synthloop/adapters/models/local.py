"""Weights on disk, through transformers (extra `local`)."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import msgspec

from synthloop.adapters.models.counts import count_usage
from synthloop.adapters.models.prices import Price
from synthloop.adapters.models.requests import parameters_of, read_request
from synthloop.adapters.models.sampling import Sampler, Settings, Stopper, read_settings
from synthloop.adapters.models.schemas import Schemas, add_to_last, say_schema
from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import MissingExtraError, ModelError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id
from synthloop.core.model import ModelReply, ModelRequest
from synthloop.core.sample import Role

_ROLES: Mapping[Role, str] = {"user": "user", "app": "assistant", "system": "system", "tool": "user"}


@dataclass(slots=True, kw_only=True, eq=False)
class _Waiting:
    """An ask that waits for its turn."""

    request: ModelRequest
    settings: Settings
    seed: int
    future: asyncio.Future[tuple[ModelReply, int, int]]


@dataclass(slots=True, kw_only=True, eq=False)
class LocalModel:
    """A causal language model from a folder, as transformers saves them; loaded on first use, and run in a thread.

    What waits while it writes is answered together afterwards. Chance is addressed by the request and its replica, so an answer does not
    depend on what it was written together with. The chat template of its tokenizer is used where it has one. A schema is said in the
    prompt: answers are checked, not steered.
    """

    name: str
    version: str
    folder: Path
    parameters: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """`temperature`, `top_p`, `max_tokens`, `seed`."""
    price: Price | None = None
    """What its tokens cost; None: unknown."""
    most_together: int = 16
    """Most answers that are written at once."""
    _schemas: Schemas = field(init=False, repr=False, default_factory=lambda: Schemas(structured="prompt"))
    _loaded: tuple[Any, Any] | None = field(init=False, repr=False, default=None)
    _waiting: list[_Waiting] = field(init=False, repr=False, default_factory=list[_Waiting])
    _worker: asyncio.Task[None] | None = field(init=False, repr=False, default=None)
    _closing: threading.Event = field(init=False, repr=False, default_factory=threading.Event)

    @property
    def endpoint(self) -> str:
        """What its limits belong to."""
        return f"local {content_id(str(self.folder))[:8]}"

    async def answer(self, ask: Ask) -> Answer:
        """Write an answer, together with others that wait.

        Raises:
            ModelError: The weights can't be used, a package is missing, or the prompt is longer than the model reads.
        """
        request = read_request(ask, self.name)
        started_s = perf_counter()
        settings = read_settings(parameters_of(ask, request, self.parameters))
        seed = int(content_id(request, ask.replica, settings.seed)[:12], 16)
        waiting = _Waiting(request=request, settings=settings, seed=seed, future=asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._worker is None or self._worker.done():
            self._closing.clear()
            self._worker = asyncio.create_task(self._work())
        reply, read, written = await waiting.future
        usage = count_usage(read, written, latency_s=perf_counter() - started_s, price=self.price)
        return Answer(value=msgspec.to_builtins(reply), usage=usage)

    async def close(self) -> None:
        """Stop writing and let go of the weights."""
        self._closing.set()
        worker, self._worker, self._loaded = self._worker, None, None
        if worker is not None:
            await asyncio.gather(worker, return_exceptions=True)

    async def _work(self) -> None:
        """Write for whoever waits, until nobody does."""
        while self._waiting and not self._closing.is_set():
            settings = self._waiting[0].settings
            batch = [each for each in self._waiting if each.settings == settings and not each.future.done()][: self.most_together]
            self._waiting = [each for each in self._waiting if each not in batch and not each.future.done()]
            try:
                replies = await asyncio.to_thread(self._write, batch) if batch else []
            except ModelError as error:
                replies = [error] * len(batch)
            except (RuntimeError, ValueError, IndexError, OSError, MemoryError) as error:
                replies = [ModelError(f"{self.name}: can't answer: {type(error).__name__}: {error}")] * len(batch)
            for each, reply in zip(batch, replies, strict=True):
                _deliver(each.future, reply)

    def _load(self) -> tuple[Any, Any]:
        """Load tokenizer and weights, unless they are."""
        if self._loaded is not None:
            return self._loaded
        try:
            import_module("torch")
            transformers: Any = import_module("transformers")
        except ImportError:
            raise ModelError(str(MissingExtraError("transformers", "local", f"model {self.name!r}")), fatal=True) from None
        transformers.logging.disable_progress_bar()
        try:
            tokenizer: Any = transformers.AutoTokenizer.from_pretrained(str(self.folder), local_files_only=True, padding_side="left")
            model: Any = transformers.AutoModelForCausalLM.from_pretrained(str(self.folder), local_files_only=True)
        except (OSError, ValueError, KeyError, ImportError) as error:
            fix = "Fix: name a folder with config.json, weights and tokenizer, as transformers saves them."
            raise ModelError(f"{self.name}: {self.folder} holds no model that can be loaded: {error}. {fix}", fatal=True) from error
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
        self._loaded = tokenizer, model.eval()
        return self._loaded

    def _write(self, batch: list[_Waiting]) -> list[tuple[ModelReply, int, int] | ModelError]:
        loaded = tokenizer, model = self._load()
        settings = batch[0].settings
        said: Any = tokenizer(
            [self._say(tokenizer, each.request) for each in batch], return_tensors="pt", padding=True, add_special_tokens=False
        )
        width = int(said["input_ids"].shape[1])
        most: int = getattr(model.config, "max_position_embeddings", 0) or 2**31
        if width + 1 > most:
            what = f"the prompt has {width:,} tokens, and the model reads {most:,}. Fix: take shorter documents, or another model."
            return [ModelError(f"{self.name}: {what}")] * len(batch)
        drawn: Any = model.generate(
            input_ids=said["input_ids"].to(model.device),
            attention_mask=said["attention_mask"].to(model.device),
            max_new_tokens=min(settings.max_tokens, most - width),
            do_sample=False,
            pad_token_id=tokenizer.pad_token_id,
            logits_processor=[Sampler([each.seed for each in batch], settings)],
            stopping_criteria=[Stopper(lambda: self._closing.is_set() or all(each.future.done() for each in batch))],
        )
        lengths: list[int] = said["attention_mask"].sum(dim=1).tolist()
        return [self._read(loaded, row[width:].tolist(), length) for row, length in zip(drawn, lengths, strict=True)]

    def _read(self, loaded: tuple[Any, Any], written: list[int], read: int) -> tuple[ModelReply, int, int]:
        tokenizer, model = loaded
        ends: Any = model.generation_config.eos_token_id
        known = set(cast("list[int]", ends if isinstance(ends, list) else [ends]))
        end = next((place for place, token in enumerate(written) if token in known), None)
        kept = written if end is None else written[:end]
        text = str(tokenizer.decode(kept, skip_special_tokens=True))
        reply = ModelReply(text=text, finish="length" if end is None else "stop", served_by=self.folder.name)
        return reply, read, len(kept) + (end is not None)

    def _say(self, tokenizer: Any, request: ModelRequest) -> str:
        messages: list[dict[str, Any]] = [{"role": _ROLES[message.role], "content": message.text} for message in request.messages]
        if request.schema is not None:
            add_to_last(messages, say_schema(self._schemas.find(request.schema)))
        if getattr(tokenizer, "chat_template", None):
            return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
        return "\n\n".join(message["content"] for message in messages) + "\n\n"


def _deliver(future: asyncio.Future[tuple[ModelReply, int, int]], reply: tuple[ModelReply, int, int] | ModelError) -> None:
    if future.done():
        return
    if isinstance(reply, ModelError):
        future.set_exception(reply)
    else:
        future.set_result(reply)


__all__ = ["LocalModel"]
