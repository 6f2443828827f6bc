"""A server of chat completions that costs next to nothing, in a process of its own: python row_server.py LATENCY_S prints its port."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any


def _complete(content: dict[str, Any]) -> bytes:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": json.dumps(content)}}
    usage = {"prompt_tokens": 60, "completion_tokens": 14, "total_tokens": 74}
    return json.dumps({"id": "x", "object": "chat.completion", "created": 0, "model": "tiny", "choices": [choice], "usage": usage}).encode()


_ROW = _complete({"text": "move my 3pm", "label": "schedule"})
_SAID = _complete({"message": "erm ok, go on then"})
"""What a simulated user says."""
_USER = _complete({"name": "Ana", "age": 40})
"""curator asks once for a user with an age, to see whether the server knows schemas."""


class Server(asyncio.Protocol):
    """Answers HTTP/1.1 posts, whatever they ask."""

    latency_s = 0.0
    """Where there is one, every hundredth request is refused with 429, and every two hundredth with 500."""
    answered = 0

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        """Take in what came, and answer every whole request."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            whole = end + 4 + (int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0)
            if len(self.buffer) < whole:
                return
            asked = self.buffer[:whole]
            self.answer(_USER if b'"age"' in asked else _SAID if b'"message"' in asked else _ROW)
            self.buffer = self.buffer[whole:]

    def answer(self, body: bytes) -> None:
        """Answer one request."""
        Server.answered += 1
        status = b"200 OK"
        if self.latency_s and Server.answered % 100 == 0:
            status, body = b"429 Too Many Requests", b'{"error": {"message": "slow down"}}'
        elif self.latency_s and Server.answered % 200 == 1:
            status, body = b"500 Internal Server Error", b'{"error": {"message": "oops"}}'
        said = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)
        if self.latency_s:
            asyncio.get_running_loop().call_later(self.latency_s, self.transport.write, said)
        else:
            self.transport.write(said)


async def serve(latency_s: float) -> None:
    Server.latency_s = latency_s
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def server_of(latency_s: float) -> Generator[str]:
    """Run a server and yield its address."""
    process = subprocess.Popen([sys.executable, __file__, str(latency_s)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))


__all__ = ["Server", "serve", "server_of"]
