"""What is in flight grows while all goes well, halves at overload, and shrinks where a server only becomes slow."""

import asyncio

from synthloop.engine.window import Window


class Server:
    """Answers whole windows of calls: each takes `latency_s`, and no more than `per_s` answers come out a second."""

    def __init__(self, window: Window, latency_s: float, per_s: float) -> None:
        self.window, self.latency_s, self.per_s = window, latency_s, per_s
        self.now_s = 0.0

    def answer_all(self) -> None:
        calls = self.window.in_use = int(self.window.limit)
        took_s = max(self.latency_s, calls / self.per_s)
        self.now_s += took_s
        for _ in range(calls):
            self.window.note_answer(took_s, self.now_s)
            self.window.in_use = int(self.window.limit)  # others wait for every slot


def test_it_is_four_times_as_wide_after_each_round_while_that_brings_more_and_never_goes_beyond_the_limit() -> None:
    window = Window(most=1000)
    window.limit = 16.0
    server = Server(window, latency_s=0.2, per_s=1e6)
    widths: list[float] = []
    for _ in range(6):
        widths.append(window.limit)
        server.answer_all()
    assert widths == [16, 64, 256, 1000, 1000, 1000]


def refuse(window: Window, times: int, *, started_s: float, now_s: float) -> None:
    for _ in range(times):
        window.note_overload(started_s=started_s, now_s=now_s)


def test_overload_halves_it_once_for_all_calls_that_were_under_way_together() -> None:
    window = Window(most=64)
    window.limit = 64.0
    refuse(window, 40, started_s=1.0, now_s=2.0)
    assert window.limit == 32
    refuse(window, 40, started_s=2.5, now_s=3.0)
    assert window.limit == 16
    window.in_use = 16
    for _ in range(16):
        window.note_answer(0.2, 3.2)
        window.in_use = int(window.limit)
    assert 16.9 < window.limit < 17.1


def test_a_refusal_now_and_then_is_no_overload() -> None:
    window = Window(most=256)
    server = Server(window, latency_s=0.2, per_s=1e6)
    for number in range(40):
        server.answer_all()
        refuse(window, max(1, int(window.limit) // 100), started_s=number, now_s=number + 0.5)
    assert window.limit == 256


def test_it_never_closes() -> None:
    window = Window(most=4)
    for number in range(20):
        refuse(window, 10, started_s=number + 0.5, now_s=number + 1.0)
    assert window.limit == 1


def test_a_server_that_only_becomes_slow_is_not_asked_more_than_it_answers() -> None:
    window = Window(most=256)
    server = Server(window, latency_s=0.1, per_s=100.0)
    widths: list[float] = []
    for _ in range(300):
        server.answer_all()
        widths.append(window.limit)
    assert max(widths[20:]) <= 100


def test_latency_far_beyond_the_best_narrows_it() -> None:
    window = Window(most=256)
    server = Server(window, latency_s=0.1, per_s=1e6)
    for _ in range(5):
        server.answer_all()
    assert window.limit == 256
    server.latency_s = 2.0
    for _ in range(8):
        server.answer_all()
    assert window.limit < 64


def test_steady_latency_keeps_it_wide() -> None:
    window = Window(most=128)
    now_s = 0.0
    for number in range(5_000):
        now_s += 0.4 / window.limit
        window.in_use = int(window.limit)
        window.note_answer(0.2 + 0.1 * (number % 5), now_s)
    assert window.limit == 128


def test_a_window_that_is_not_full_is_neither_widened_nor_held_to_be_too_wide() -> None:
    window = Window(most=256)
    server = Server(window, latency_s=0.2, per_s=1e6)
    for _ in range(2):
        server.answer_all()
    assert window.limit == 256
    for number in range(2_000):
        window.in_use = 8
        window.note_answer(0.2, server.now_s + number / 40)
    assert window.limit == 256
    narrow = Window(most=256)
    for number in range(200):
        narrow.in_use = 8
        narrow.note_answer(0.2, number / 40)
    assert narrow.limit == 64


def test_a_first_round_with_refused_calls_is_what_a_wider_one_is_compared_with_nevertheless() -> None:
    window = Window(most=256)
    server = Server(window, latency_s=0.1, per_s=100.0)
    window.in_use = 64
    for _ in range(62):  # the other two are refused, and their answers come with the next ones
        window.note_answer(0.64, 0.64)
        window.in_use = int(window.limit)
    server.now_s = 0.64
    for _ in range(3):
        server.answer_all()
    assert window.limit < 80


def test_a_rest_between_two_runs_does_not_make_the_server_look_slow() -> None:
    window = Window(most=256)
    server = Server(window, latency_s=0.2, per_s=1e6)
    server.answer_all()
    for _ in range(40):
        window.note_answer(0.2, server.now_s + 0.2)
    window.begin()
    server.now_s += 600.0
    for _ in range(3):
        server.answer_all()
    assert window.limit == 256


def test_without_learning_it_stays_as_it_is() -> None:
    window = Window(most=16, learns=False)
    window.note_answer(9.0, 9.0)
    assert window.limit == 16


def test_those_who_wait_come_in_turn_and_a_cancelled_one_costs_no_slot() -> None:
    async def enter_all() -> list[int]:
        window = Window(most=1, learns=False)
        entered: list[int] = []

        async def work(number: int) -> None:
            await window.enter()
            entered.append(number)
            await asyncio.sleep(0)
            window.leave()

        running = [asyncio.create_task(work(number)) for number in range(5)]
        await asyncio.sleep(0)
        running[2].cancel()
        await asyncio.gather(*running, return_exceptions=True)
        assert window.in_use == 0
        return entered

    assert asyncio.run(enter_all()) == [0, 1, 3, 4]
