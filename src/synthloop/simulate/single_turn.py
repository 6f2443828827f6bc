"""One question, one answer: a sample is put to the app, as often as asked, and each time becomes a transcript."""

from synthloop.core.ask import Answer, AppRequest, Ask, FailureReason, Flow
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id, encode_canonical
from synthloop.core.sample import Sample
from synthloop.core.transcript import EndReason, Transcript, Turn

_END_REASONS: dict[FailureReason, EndReason] = {
    "timeout": "app_timeout",
    "unreachable": "app_error",
    "error": "app_error",
    "invalid_answer": "invalid_answer",
    "refused": "app_error",
    "budget": "budget",
}


def ask_app(sample: Sample, *, app: str, app_version: str, repeats: int = 1, first_replica: int = 0) -> Flow[tuple[Transcript, ...]]:
    """Put a sample to the app and return one transcript a repeat, in order of replica.

    All repeats are asked at once. A failure becomes a transcript with its end reason; nothing is raised. Latency is the one measured when
    the app really answered, so a resumed run gives equal transcripts.

    Args:
        sample: Its messages are sent as they are.
        app: Name of the app variant.
        app_version: What its answers depend on besides the request.
        repeats: How often to ask, at least 1.
        first_replica: Where to begin counting repeats; beyond what was asked before, the app is asked anew.

    Example:
        >>> from synthloop.core.ask import Answer, drive
        >>> from synthloop.core.lineage import Lineage
        >>> from synthloop.core.sample import Message, make_sample
        >>> said = (Message(role="user", text="book a room"),)
        >>> sample = make_sample(behavior_id="b", scenario_id="s", messages=said, lineage=Lineage(origin="authored"))
        >>> (transcript,) = drive(ask_app(sample, app="router", app_version="1"), [Answer(value="schedule")])
        >>> transcript.output, transcript.end_reason
        ('schedule', 'answered')
    """
    request = AppRequest(messages=sample.messages)
    asks = tuple(
        Ask(to=app, version=app_version, request=request, replica=replica) for replica in range(first_replica, first_replica + repeats)
    )
    answers = yield asks
    return tuple(_record(sample, ask, answer) for ask, answer in zip(asks, answers, strict=True))


def _record(sample: Sample, ask: Ask, answer: Answer) -> Transcript:
    said = tuple(Turn(role=message.role, text=message.text) for message in sample.messages)
    failure = answer.failure
    return Transcript(
        id=content_id("transcript", sample.id, ask.to, ask.version, ask.replica),
        sample_id=sample.id,
        app=ask.to,
        app_version=ask.version,
        replica=ask.replica,
        turns=said if failure else (*said, Turn(role="app", text=_as_text(answer.value))),
        output=None if failure else answer.value,
        end_reason=_END_REASONS[failure.reason] if failure else "answered",
        failure=failure,
        latency_s=answer.usage.latency_s,
        cost_usd=answer.usage.cost_usd,
    )


def _as_text(value: JsonValue) -> str:
    return value if isinstance(value, str) else encode_canonical(value).decode()


__all__ = ["ask_app"]
