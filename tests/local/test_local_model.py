"""Weights on disk through transformers, with a tiny model made from a config: `make test-local`."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from synthloop.adapters.models.local import LocalModel
from synthloop.adapters.models.prices import Price
from synthloop.adapters.models.weights import fingerprint_weights
from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import ModelError
from synthloop.core.json_value import JsonValue
from synthloop.core.model import ModelReply, ModelRequest
from synthloop.core.sample import Message
from synthloop.project.init import init_project
from synthloop.project.models import LazyModels
from synthloop.project.project import load_project
from synthloop.testing.model_contract import check_model

pytestmark = [pytest.mark.local, pytest.mark.filterwarnings("ignore")]

TEMPLATE = "{% for message in messages %}{{ message['role'] }} {{ message['content'] }} {% endfor %}assistant "
POSITIONS = 2048


def module_of(name: str) -> Any:
    return pytest.importorskip(name, reason="needs the extra `local`: make test-local")


@pytest.fixture(autouse=True)
def _extra() -> None:
    module_of("torch")


def write_weights(folder: Path, *, seed: int = 0, end: int | None = 2) -> None:
    torch, tokenizers, transformers = (module_of(name) for name in ("torch", "tokenizers", "transformers"))
    words = ["<pad>", "<s>", "</s>", "<unk>", *(f"word{number}" for number in range(200)), "user", "assistant", "hi", "how", "many?"]
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    wrapped = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="</s>", bos_token="<s>")
    wrapped.chat_template = TEMPLATE
    torch.manual_seed(seed)
    config = transformers.LlamaConfig(
        vocab_size=len(words), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=POSITIONS, bos_token_id=1, eos_token_id=end, pad_token_id=None,
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config)
    model.save_pretrained(str(folder))
    wrapped.save_pretrained(str(folder))


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    write_weights(folder)
    return folder


def make_model(folder: Path, **settings: Any) -> LocalModel:
    return LocalModel(name="clerk", version="1", folder=folder, **settings)


def ask_of(text: str, replica: int = 0, schema: dict[str, JsonValue] | None = None, **parameters: JsonValue) -> Ask:
    request = ModelRequest(messages=(Message(role="user", text=text),), schema=schema, parameters={"max_tokens": 12, **parameters})
    return Ask(to="clerk", version="1", request=request, replica=replica)


def answer_all(model: LocalModel, asks: Sequence[Ask]) -> list[Answer]:
    async def run() -> list[Answer]:
        try:
            return list(await asyncio.gather(*map(model.answer, asks)))
        finally:
            await model.close()

    return asyncio.run(run())


def texts_of(answers: Sequence[Answer]) -> list[str]:
    return [msgspec.convert(answer.value, ModelReply).text for answer in answers]


def test_it_keeps_the_contract_of_models(tmp_path: Path) -> None:
    write_weights(tmp_path, end=None)
    hanging = ask_of("hi", max_tokens=POSITIONS - 10)
    asyncio.run(check_model(make_model(tmp_path), answered=ask_of("hi"), failing=ask_of("hi " * POSITIONS), hanging=hanging))


def test_an_answer_is_the_same_alone_or_among_others_and_again(weights: Path) -> None:
    asks = [ask_of(f"how many? word{number}" + " hi" * number, replica=number % 3) for number in range(20)]
    together = texts_of(answer_all(make_model(weights), asks))
    alone = [texts_of(answer_all(make_model(weights, most_together=1), [ask]))[0] for ask in asks]
    assert together == alone
    assert len(set(together)) > 15


def test_repeats_differ_unless_the_likeliest_is_asked_for(weights: Path) -> None:
    drawn = texts_of(answer_all(make_model(weights), [ask_of("hi", replica) for replica in range(4)]))
    assert len(set(drawn)) == 4
    likeliest = texts_of(answer_all(make_model(weights), [ask_of("hi", replica, temperature=0) for replica in range(4)]))
    narrow = texts_of(answer_all(make_model(weights), [ask_of("hi", replica, top_p=0.0001) for replica in range(4)]))
    assert set(likeliest) == set(narrow)
    assert len(set(likeliest)) == 1


def test_it_says_what_it_read_and_wrote_and_whether_it_was_cut(weights: Path) -> None:
    price = Price(usd_per_million_in=1_000_000, usd_per_million_out=1_000_000)
    (answer,) = answer_all(make_model(weights, price=price), [ask_of("how many?", max_tokens=5)])
    reply = msgspec.convert(answer.value, ModelReply)
    assert (answer.usage.tokens_in, answer.usage.tokens_out, reply.finish) == (4, 5, "length")
    assert answer.usage.cost_usd == 9.0


def test_what_is_longer_than_it_reads_fails_alone_with_a_fix(weights: Path) -> None:
    with pytest.raises(ModelError, match=r"the prompt has 2,\d+ tokens, and the model reads 2,048\. Fix:") as caught:
        answer_all(make_model(weights), [ask_of("hi " * POSITIONS)])
    assert not caught.value.fatal


def test_a_folder_without_a_model_is_fatal(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no model that can be loaded") as caught:
        answer_all(make_model(tmp_path), [ask_of("hi")])
    assert caught.value.fatal


def test_a_project_names_it_and_other_weights_are_another_version(tmp_path: Path) -> None:
    init_project(tmp_path)
    versions: list[str] = []
    for seed in (0, 0, 1):
        write_weights(tmp_path / "weights", seed=seed)
        (tmp_path / "synthloop.yaml").write_text("app: app:route\nmodel: local:weights\n")
        project = load_project(tmp_path)
        model = LazyModels(project.models, tmp_path)["model"]
        versions.append(model.version)
    assert versions[0] == versions[1] != versions[2]
    assert fingerprint_weights(tmp_path / "nowhere") == ""
    assert isinstance(model, LocalModel)
    assert texts_of(answer_all(model, [ask_of("hi")]))[0]
