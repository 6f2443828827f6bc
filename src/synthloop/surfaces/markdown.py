"""The run as Markdown: for the summary page of a CI job, or a comment on a change."""

from collections.abc import Iterable, Iterator, Sequence

from synthloop.core.report import FailureMode, GateCheck
from synthloop.surfaces.figures import show_chance, show_count, show_gap, show_interval, show_share, show_value
from synthloop.surfaces.view import Case, ReportView
from synthloop.surfaces.wording import (
    SIGNIFICANT,
    SIGNS,
    gap_of,
    order_checks,
    say_against,
    say_change,
    say_check,
    say_confirmation,
    say_corrected,
    say_problems,
    say_rate,
    say_slices,
    say_split,
    say_tally,
    show_text,
)

PROBLEMS = 8
SENTENCES = 3
SLICES = 8

_SPECIAL = str.maketrans({letter: f"\\{letter}" for letter in "\\`*_[]|~>@"} | {"<": "&lt;", "&": "&amp;"})


_CODE = str.maketrans({"`": "'", "|": "¦"})


def render_markdown(view: ReportView) -> str:
    """Return the summary: verdict, problems with their sentences, slices, behaviors, comparison."""
    parts = (*_verdict(view), *_problems(view), *_slices(view), *_behaviors(view), *_change(view), *_variants(view))
    return "\n\n".join(parts) + "\n"


def escape_markdown(text: str, longest: int = 160) -> str:
    r"""Return a text that Markdown shows as it is: no formatting, no HTML, no mention of a user, on one line of at most `longest` letters.

    Example:
        >>> print(escape_markdown("a*b <i> @ana"))
        a\*b &lt;i\> \@ana
    """
    return show_text(text, longest).translate(_SPECIAL)


def _verdict(view: ReportView) -> Iterator[str]:
    report, gate = view.report, view.gate
    name = escape_markdown(f"{report.app} · {report.project}" if report.project else report.app)
    if gate is None:
        yield f"## {name}"
    else:
        yield f"## {SIGNS[gate.decision]} {gate.decision.capitalize()}: {name}"
    against = f"; {say_against(gate, view.gate_report)}" if gate else ""
    yield f"Pass rate on {say_split(report)} **{say_rate(report)}**; {say_tally(view)}{escape_markdown(against)}."
    for rate in report.corrected:
        yield f"{escape_markdown(say_corrected(rate), 1000)}."
    if gate is not None:
        yield _table(("", "Check", "Result"), (_check_row(view, check) for check in order_checks(gate)))


def _check_row(view: ReportView, check: GateCheck) -> tuple[str, ...]:
    facts = escape_markdown("; ".join((*say_check(check), *([check.note] if check.note else ()))), 1000)
    samples = "".join(f"<br>{_sentence(case)}" for case in view.cases(check.sample_ids, SENTENCES))
    return f"{SIGNS[check.decision]} {check.decision}", escape_markdown(check.name), facts + samples


def _problems(view: ReportView) -> Iterator[str]:
    yield f"### What failed\n\n{say_problems(view)}"
    if view.modes:
        yield "\n".join(f"{at}. {_problem(view, mode)}" for at, mode in enumerate(view.modes[:PROBLEMS], 1))


def _problem(view: ReportView, mode: FailureMode) -> str:
    count = show_count(len(mode.sample_ids), "sample")
    facts = ", ".join(fact for fact in (count, say_confirmation(mode)) if fact)
    one_pair = mode.expected is not None or mode.got is not None
    pair = f"; expected {_code(show_value(mode.expected))} got {_code(show_value(mode.got))}" if one_pair else ""
    said = "".join(f"\n   - {_sentence(case, answers=not one_pair)}" for case in view.cases(mode.sample_ids, SENTENCES))
    return f"**{escape_markdown(mode.name)}**: {facts}{pair}{said}"


def _sentence(case: Case, *, answers: bool = True) -> str:
    said = f"“{escape_markdown(case.text)}”"
    return f"{said} expected {_code(case.expected)} got {_code(case.got)}" if answers else said


def _slices(view: ReportView) -> Iterator[str]:
    if not view.report.slices:
        return
    yield f"### Where it fails\n\n{say_slices(view)}"
    found = view.report.worst_slices(SLICES, SIGNIFICANT)
    if found:
        header = ("Slice", "Inside", "Interval", "Outside", "Difference", "n", "q")
        yield _table(
            header,
            (
                (
                    escape_markdown(one.slice.name),
                    show_share(one.inside.value),
                    show_interval(one.inside),
                    show_share(one.outside.value),
                    show_gap(gap_of(one)),
                    f"{one.inside.n:,}",
                    show_chance(one.q_value).replace("<", "&lt;"),
                )
                for one in found
            ),
        )


def _behaviors(view: ReportView) -> Iterator[str]:
    if not view.report.behaviors:
        return
    rows = (
        (
            escape_markdown(one.behavior_id),
            show_share(one.pass_rate.value),
            show_interval(one.pass_rate),
            show_share(one.at_least),
            f"{one.pass_rate.n:,}",
            f"{one.weight:g}",
        )
        for one in view.report.behaviors
    )
    yield "### By behavior"
    yield _table(("Behavior", "Rate", "Interval", "At least", "n", "Weight"), rows)


def _change(view: ReportView) -> Iterator[str]:
    if view.change is None:
        return
    yield f"### Against the baseline\n\n{say_change(view.change)}"
    broken = "\n".join(f"- broken: {_sentence(case)}" for case in view.cases(view.change.broken, SENTENCES))
    if broken:
        yield broken


def _variants(view: ReportView) -> Iterator[str]:
    if len(view.reports) < 2:
        return
    rows = ((escape_markdown(report.app), say_rate(report)) for report in view.reports)
    yield "### Variants"
    yield _table(("Variant", "Pass rate"), rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table: the first column is text, all others are aligned at the right where they hold figures."""
    written = [list(row) for row in rows]
    numeric = [all(row[at][:1].isdigit() or row[at][:1] in "–−+&" for row in written) for at in range(len(header))]
    rule = ["---:" if right else "---" for right in numeric]
    return "\n".join(f"| {' | '.join(row)} |" for row in (list(header), rule, *written))


def _code(text: str) -> str:
    """Write a value as code. A backtick in it would end the code, so it becomes an apostrophe; a bar would end the table cell."""
    return f"`{show_text(text, 60).translate(_CODE)}`"


__all__ = ["escape_markdown", "render_markdown"]
