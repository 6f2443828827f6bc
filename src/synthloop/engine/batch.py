"""Work that many coroutines hand in one by one and that is done together, once per turn of the event loop."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Done = TypeVar("Done")


class TickBatch(Generic[Item, Done]):
    """Collects items until the event loop comes round, then processes all of them at once.

    Args:
        process: Takes the items of one turn and returns one result each, in the same order.
    """

    def __init__(self, process: Callable[[list[Item]], Sequence[Done]]) -> None:
        self._process = process
        self._waiting: list[tuple[Item, asyncio.Future[Done]]] = []

    def submit(self, item: Item) -> asyncio.Future[Done]:
        """Hand in an item and return the future of its result."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Done] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self.flush)
        self._waiting.append((item, future))
        return future

    def flush(self) -> None:
        """Process what is waiting, including what nobody waits for any more. An error goes to everyone who waits."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        futures = [future for _, future in waiting if not future.done()]
        try:
            results = self._process([item for item, _ in waiting])
        except Exception as error:
            # whatever it is: nobody else would hear of it, and those who wait would wait for ever
            if not futures:
                raise
            for future in futures:
                future.set_exception(error)
            return
        for (_, future), result in zip(waiting, results, strict=True):
            if not future.done():
                future.set_result(result)


__all__ = ["TickBatch"]
