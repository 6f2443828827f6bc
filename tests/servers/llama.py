"""llama.cpp's own server, with a model of random weights that is written in milliseconds.

    python -m tests.servers.llama [--port 8080]

What it says is noise; what it speaks is the protocol, with its real limits, errors and grammars.
"""

import argparse
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import gguf
import numpy as np

_BYTES = 256
_PRINTABLE = range(33, 127)


def write_model(path: Path, *, width: int = 64, seed: int = 0) -> None:
    """Write a llama of one layer with random weights and a vocabulary of bytes."""
    rng = np.random.default_rng(seed)
    kinds = gguf.TokenType
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(_BYTES)), "▁", *map(chr, _PRINTABLE)]
    types = [kinds.UNKNOWN, kinds.CONTROL, kinds.CONTROL, *[kinds.BYTE] * _BYTES, *[kinds.NORMAL] * (1 + len(_PRINTABLE))]
    writer: Any = gguf.GGUFWriter(str(path), "llama")
    _describe(writer, width)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(types)
    writer.add_vocab_size(len(tokens))
    shapes = {"token_embd": (len(tokens), width), "output": (len(tokens), width)}
    shapes |= {f"blk.0.attn_{name}": (width, width) for name in ("q", "k", "v", "output")}
    shapes |= {"blk.0.ffn_gate": (2 * width, width), "blk.0.ffn_up": (2 * width, width), "blk.0.ffn_down": (width, 2 * width)}
    for name, shape in shapes.items():
        writer.add_tensor(f"{name}.weight", rng.normal(0.0, 0.05, shape).astype(np.float32))
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(width, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _describe(writer: Any, width: int) -> None:
    writer.add_name("noise")
    writer.add_context_length(4096)
    writer.add_embedding_length(width)
    writer.add_block_count(1)
    writer.add_feed_forward_length(2 * width)
    writer.add_head_count(4)
    writer.add_head_count_kv(4)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // 4)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)


@contextmanager
def llama_server(*, port: int = 0, slots: int = 4, context: int = 2048) -> Generator[str]:
    """Run the server in this process and yield its base address, without `/v1`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "noise.gguf"
        write_model(path)
        library: Any = import_module("xllamacpp")  # ships no types, and not for every system
        parameters = library.CommonParams()
        parameters.model.path = str(path)
        parameters.port = port
        parameters.n_parallel, parameters.n_ctx = slots, slots * context
        parameters.cpuparams.n_threads = 2
        parameters.n_threads_http = 32  # with fewer it hangs up on who comes too many at once
        parameters.warmup = False
        parameters.verbosity = -1
        server = library.Server(parameters)
        try:
            yield server.listening_address
        finally:
            del server


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Serve a model of random weights.")
    parser.add_argument("--port", type=int, default=8080)
    with llama_server(port=parser.parse_args().port) as address:
        print(f"listening on {address}/v1", flush=True)  # noqa: T201 - it is a command
        while True:
            time.sleep(1)


if __name__ == "__main__":
    main()
