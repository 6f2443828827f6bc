"""STAR (Mosig et al. 2020) for the benchmarks: real conversations as transcripts, and scripted assistants from its flow charts."""

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from data_sets import read_jsonl
from synthloop.adapters.imports.transcripts import Recording, read_recordings
from synthloop.core.ask import TurnRequest
from synthloop.core.json_value import JsonValue

FLOWS: Mapping[str, Mapping[str, str]] = {
    "doctor_schedule": {
        "ask_name": "PatientName",
        "doctor_ask_doctor_name": "Name",
        "doctor_ask_day": "Day",
        "doctor_ask_start_time": "StartTimeHour",
        "doctor_ask_symptoms": "Symptoms",
    },
    "hotel_book": {
        "ask_name": "CustomerName",
        "hotel_ask_hotel": "Name",
        "hotel_ask_date_from": "StartDate",
        "hotel_ask_date_to": "EndDate",
        "hotel_ask_customer_request": "CustomerRequest",
    },
    "apartment_schedule": {
        "ask_name": "RenterName",
        "apartment_ask_apartment_name": "Name",
        "apartment_ask_day": "Day",
        "apartment_ask_start_time": "StartTimeHour",
        "apartment_ask_application_fee_paid": "ApplicationFeePaid",
    },
    "restaurant_book": {
        "ask_name": "CustomerName",
        "restaurant_ask_restaurant": "Name",
        "restaurant_ask_time": "Time",
        "restaurant_ask_size": "PartySize",
    },
    "party_plan": {
        "party_ask_venue": "Name",
        "ask_name": "HostName",
        "party_ask_day": "Day",
        "party_ask_starting_time": "StartTimeHour",
        "party_ask_number_of_guests": "NumberGuests",
    },
    "ride_book": {"ask_name": "CustomerName", "ride_ask_destination": "ArrivalLocation", "ride_ask_departure": "DepartureLocation"},
}
"""Task -> question of its flow chart -> the field of the query that the answer goes into."""

OPEN_ENDED = frozenset({"ask_name", "doctor_ask_symptoms", "hotel_ask_customer_request"})
"""Questions to which the assistant takes any answer."""

_VALUES = 12
_YES = re.compile(
    r"\b(?:yes|yeah|yep|yup|sure|ok|okay|please|correct|right|good|great|perfect|confirm|continue|book it|go ahead)\b", re.IGNORECASE
)
_NO_MORE = re.compile(
    r"\b(?:no|nope|nothing|that(?:'?s| is| will be| would be) (?:all|it)|thanks?|thank you|(?:good ?)?bye|good)\b", re.IGNORECASE
)
_PLACEHOLDER = re.compile(r"\{(\w+)(?::\w+)?\}")
_BOOKED = re.compile(r"booking_successful|reservation_succeeded|ride_confirm_booking")
_CONFIRM = re.compile(r"ask_confirm_booking|inform_booking_available|inform_viewing_available")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """One conversation of two people."""

    recording: Recording
    tasks: tuple[str, ...]
    user: str
    complete: bool
    told: tuple[tuple[int, str], ...]
    """(place among the user's messages, instruction) pairs: what the user was told before it said that message."""

    @property
    def said(self) -> list[str]:
        """The user's messages."""
        return [turn.text for turn in self.recording.transcript.turns if turn.role == "user"]


@cache
def read_star() -> tuple[Dialogue, ...]:
    """Return all conversations with at least one message of the user, in order."""
    rows = [row for row in read_jsonl("star/dialogues.jsonl.gz") if any(message["role"] == "user" for message in _list_messages(row))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "star.jsonl"
        path.write_text("\n".join(json.dumps({"id": row["id"], "messages": _list_messages(row)}) for row in rows), encoding="utf-8")
        recordings = list(read_recordings(path, app="wizard", origin="replayed"))
    return tuple(
        Dialogue(
            recording=recording,
            tasks=tuple(row["tasks"]),
            user=str(row["user"]),
            complete=row["completion"] == "Complete",
            told=tuple(_list_instructions(row)),
        )
        for recording, row in zip(recordings, rows, strict=True)
    )


def _list_messages(row: Mapping[str, Any]) -> list[dict[str, str]]:
    roles = {"user": "user", "assistant": "assistant"}
    return [
        {"role": roles[event["agent"]], "content": event["text"]}
        for event in row["events"]
        if event["agent"] in roles and event.get("text")
    ]


def _list_instructions(row: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    place = 0
    for event in row["events"]:
        if event["agent"] == "guide":
            yield place, str(event["text"])
        place += event["agent"] == "user" and bool(event.get("text"))


@cache
def list_values(task: str) -> Mapping[str, Mapping[str, int]]:
    """Return question -> value -> how often the real assistants of a task queried for it, the most common values only."""
    counts: dict[str, Counter[str]] = {question: Counter() for question in FLOWS[task]}
    for row in read_jsonl("star/dialogues.jsonl.gz"):
        for event in row["events"] if row["tasks"] == [task] else ():
            for question, name in FLOWS[task].items():
                if event.get("query") and (value := _clean_value(event["query"].get(name))):
                    counts[question][value] += 1
    return {question: dict(count.most_common(_VALUES)) for question, count in counts.items()}


def _clean_value(value: object) -> str:
    text = str(value if value is not None else "").strip()
    wrapped = re.fullmatch(r"api\.is_equal_to\((.*)\)", text)
    plain = (wrapped[1] if wrapped else text).strip().strip('"').strip()
    return "" if not plain or plain == "null" or "api." in plain or "[" in plain or len(plain) > 60 else plain


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedAssistant:
    """Follows the flow chart of a task: asks what it does not know, confirms, books, asks for more, says goodbye. Every wish can be met."""

    task: str

    def reply(self, request: TurnRequest) -> dict[str, JsonValue]:
        """Answer the user's last message; all it knows is in the request."""
        known = cast("dict[str, Any]", request.state) if isinstance(request.state, dict) else {}
        slots: dict[str, str] = dict(known.get("slots", {}))
        asked, text = str(known.get("asked", "")), request.messages[-1].text
        found = self._find_values(text, asked)
        slots |= found
        if asked == "more":
            if found:
                return self._go_on(slots, "")
            done = bool(_NO_MORE.search(text))
            return self._say("Thank you and goodbye." if done else self._replies["out_of_scope"], slots, asked, booked=True, done=done)
        if asked == "confirm" and not found and _YES.search(text):
            done_text = f"{self._find_reply(_BOOKED)}\n{self._replies['anything_else']}"
            return self._say(self._fill(done_text, slots), slots, "more", booked=True)
        lost = bool(asked) and not found
        return self._go_on(slots, self._replies["out_of_scope"] if lost else "")

    def _go_on(self, slots: dict[str, str], before: str) -> dict[str, JsonValue]:
        missing = next((question for question in FLOWS[self.task] if question not in slots), "")
        text = self._replies[missing] if missing else self._fill(self._find_reply(_CONFIRM), slots)
        return self._say(f"{before}\n{text}".strip(), slots, missing or "confirm", booked=False)

    @staticmethod
    def _say(text: str, slots: dict[str, str], asked: str, *, booked: bool, done: bool = False) -> dict[str, JsonValue]:
        state: dict[str, JsonValue] = {"slots": {**slots}, "asked": asked, "booked": booked}
        return {"messages": [text], "state": state, "done": done}

    def _find_values(self, text: str, asked: str) -> dict[str, str]:
        """Return question -> value named in a text: the longest names first, and what could answer several questions only where asked."""
        found: dict[str, str] = {}
        left = text
        known = [(question, value) for question, values in list_values(self.task).items() for value in values]
        for question, value in sorted(known, key=lambda pair: (-len(pair[1]), pair[0] != asked)):
            if question not in found and _names(left, value) and (question == asked or not self._is_ambiguous(question, value)):
                found[question] = value
                left = replace_value(left, value, " ")
        if asked in OPEN_ENDED and not found and len(text.split()) < 12 and "?" not in text:
            found[asked] = text
        return found

    def _is_ambiguous(self, question: str, value: str) -> bool:
        others = [other for name, other in list_values(self.task).items() if name != question]
        return value.casefold() in ("yes", "no") or any(value in other for other in others)

    def _fill(self, text: str, slots: Mapping[str, str]) -> str:
        def look_up(match: re.Match[str]) -> str:
            parts = [part for part in match[1].split("_") if part != "name"]
            named = (value for question, value in slots.items() if any(part in question for part in parts))
            return next(named, "36")

        return _PLACEHOLDER.sub(look_up, text)

    def _find_reply(self, pattern: re.Pattern[str]) -> str:
        return next(text for name, text in self._replies.items() if pattern.search(name))

    @property
    def _replies(self) -> dict[str, str]:
        return _read_replies()[self.task]


@cache
def _read_replies() -> dict[str, dict[str, str]]:
    return {row["task"]: row["replies"] for row in read_jsonl("star/tasks.jsonl")}


def _names(text: str, value: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE) is not None


def replace_value(text: str, value: str, by: str) -> str:
    """Return a text with the first mention of a value replaced."""
    return re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", lambda _: by, text, count=1, flags=re.IGNORECASE)


def delexicalise(text: str, task: str, question: str = "") -> str:
    """Return what a person said with the values in it as `{question}`; empty where it can't be said with other values.

    Args:
        text: The message.
        task: What it was about.
        question: What it must tell, and nothing else; empty: it may tell anything, or nothing.
    """
    if "{" in text:
        return ""
    known = [(name, value) for name, values in list_values(task).items() for value in values]
    for name, value in sorted(known, key=lambda pair: (-len(pair[1]), pair[0] != question)):
        if value.casefold() not in ("yes", "no") or name == question:
            text = replace_value(text, value, f"{{{name}}}") if f"{{{name}}}" not in text else text
    told = set(re.findall(r"\{(\w+)\}", text))
    bare = re.sub(r"\{\w+\}", "", text)
    left = any(_names(bare, value) for _, value in known if value.casefold() not in ("yes", "no")) or re.search(r"\d", bare)
    return "" if left or (question and told != {question}) else text


__all__ = ["FLOWS", "OPEN_ENDED", "Dialogue", "ScriptedAssistant", "delexicalise", "list_values", "read_star", "replace_value"]
