"""The run as JUnit XML: every behavior is a test case, and so is every check of the gate."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from synthloop.core.report import BehaviorResult, Decision, GateCheck
from synthloop.core.score import MetricValue
from synthloop.surfaces.figures import show_interval, show_share
from synthloop.surfaces.view import ReportView
from synthloop.surfaces.wording import order_checks, say_check, show_text

SENTENCES = 10


def render_junit(view: ReportView) -> str:
    """Return the XML.

    A behavior fails where the gate says so; without a gate, where its rate lies below its own threshold. It is an error where nothing
    could be scored. A check that lacks data fails, as the command line's exit code does.
    """
    report = view.report
    cases = [*(_behavior_case(view, found) for found in report.behaviors), *_check_cases(view)]
    failures = sum(case.find("failure") is not None for case in cases)
    errors = sum(case.find("error") is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": str(errors)}
    root = Element("testsuites", name="synthloop", attrib=counts)
    suite = SubElement(root, "testsuite", name=show_text(report.app), timestamp=report.made_at.removesuffix("Z"), attrib=counts)
    properties = SubElement(suite, "properties")
    for name, value in (("app_version", report.app_version), ("seed", str(report.seed)), ("report", report.id)):
        SubElement(properties, "property", name=name, value=show_text(value))
    suite.extend(cases)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _behavior_case(view: ReportView, found: BehaviorResult) -> Element:
    rate = found.pass_rate
    case = _case(view, "behaviors", found.behavior_id)
    if rate.value is None:
        SubElement(case, "error", message="nothing could be scored", type="unscored")
    elif found.at_least is not None and _fails(view, found.behavior_id, rate.value < found.at_least):
        failed = [result.sample_id for result in view.report.results if result.behavior_id == found.behavior_id and False in result.passes]
        message = f"pass rate {_say_metric(rate)}; demanded: at least {found.at_least:.2f}"
        SubElement(case, "failure", message=message, type="fail").text = _sentences(view, tuple(failed))
    SubElement(case, "system-out").text = f"{show_text(found.says)}\npass rate {_say_metric(rate)}"
    return case


def _fails(view: ReportView, behavior_id: str, otherwise: bool) -> bool:
    """Tell whether the gate fails a behavior; without a gate, or a check of it, what was found otherwise."""
    checks = {check.name: check for check in view.gate.checks} if view.gate else {}
    check = checks.get(f"behavior:{behavior_id}")
    return otherwise if check is None else check.decision == "fail"


def _check_cases(view: ReportView) -> Iterator[Element]:
    for check in order_checks(view.gate) if view.gate else ():
        case = _case(view, "gate", check.name)
        words = "; ".join((*say_check(check), *([check.note] if check.note else ())))
        if check.decision == "pass":
            SubElement(case, "system-out").text = show_text(words, 1000)
        else:
            _add_failure(view, case, check, words, check.decision)
        yield case


def _add_failure(view: ReportView, case: Element, check: GateCheck, words: str, decision: Decision) -> None:
    failure = SubElement(case, "failure", message=show_text(words, 1000), type=decision)
    failure.text = _sentences(view, check.sample_ids)


def _case(view: ReportView, group: str, name: str) -> Element:
    return Element("testcase", classname=f"{show_text(view.report.project or 'synthloop')}.{group}", name=show_text(name))


def _say_metric(metric: MetricValue) -> str:
    interval = f" ({show_interval(metric)})" if show_interval(metric) else ""
    return f"{show_share(metric.value)}{interval}, n = {metric.n:,}"


def _sentences(view: ReportView, sample_ids: tuple[str, ...]) -> str:
    shown = [
        f"“{show_text(case.text)}” expected {show_text(case.expected, 60)} got {show_text(case.got, 60)}"
        for case in view.cases(sample_ids, SENTENCES)
    ]
    rest = len(sample_ids) - len(shown)
    return "\n".join([*shown, *([f"and {rest:,} more"] if rest else ())])


__all__ = ["render_junit"]
