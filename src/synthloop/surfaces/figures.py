"""How numbers are written, the same on every surface."""

from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import encode_canonical
from synthloop.core.score import MetricValue


def show_share(value: float | None) -> str:
    """Write a share with three decimals, as the gate's thresholds are written; a dash where there is none.

    Example:
        >>> show_share(0.8765), show_share(1.0), show_share(None)
        ('0.876', '1.000', '–')
    """
    return "–" if value is None else f"{value:.3f}".replace("-", "−")


def show_interval(metric: MetricValue) -> str:
    """Write an interval, or a one-sided lower bound with its level; empty where there is neither.

    Example:
        >>> show_interval(MetricValue(name="difference", value=-0.01, low=-0.056, n=80))
        'at least −0.056, one-sided 95%'
    """
    if metric.low is None:
        return ""
    if metric.high is None:
        return f"at least {show_share(metric.low)}, one-sided {metric.level:.0%}"
    return f"{show_share(metric.low)} to {show_share(metric.high)}"


def show_gap(value: float) -> str:
    """Write a difference of shares with its sign, and a real minus."""
    return f"{value:+.3f}".replace("-", "−")


def show_chance(value: float) -> str:
    """Write a p- or q-value; what is smaller than 0.001 is only called that.

    Example:
        >>> show_chance(0.04321), show_chance(0.00001)
        ('0.043', '<0.001')
    """
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def show_count(count: int, noun: str, plural: str = "") -> str:
    """Write a count with its noun.

    Example:
        >>> show_count(1, "sample"), show_count(1200, "sample"), show_count(2, "is", "are")
        ('1 sample', '1,200 samples', '2 are')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def show_time(made_at: str) -> str:
    """Write an ISO 8601 time in UTC for a person.

    Example:
        >>> show_time("2026-03-02T09:30:12Z")
        '2026-03-02 09:30 UTC'
    """
    return f"{made_at[:10]} {made_at[11:16]} UTC" if len(made_at) > 15 else made_at


def show_money(cost_usd: float | None) -> str:
    """Write a cost in US dollars; `unknown` where it is.

    Example:
        >>> show_money(1.5), show_money(0.00042), show_money(None), show_money(0.0)
        ('$1.50', '$0.00042', 'unknown', '$0')
    """
    if cost_usd is None:
        return "unknown"
    return f"${cost_usd:,.2f}" if cost_usd >= 0.1 else f"${cost_usd:.2g}"


def show_duration(seconds: float) -> str:
    """Write a duration in the largest two units that it has.

    Example:
        >>> show_duration(0.25), show_duration(7.4), show_duration(75), show_duration(7384)
        ('0.2 s', '7 s', '1 min 15 s', '2 h 3 min')
    """
    if seconds < 1:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"


def show_value(value: JsonValue) -> str:
    """Write an expectation or an answer for a person: text as it is, everything else as JSON, nothing as a dash.

    Example:
        >>> show_value("schedule"), show_value(["a", 1]), show_value(None)
        ('schedule', '["a",1]', '–')
    """
    if value is None:
        return "–"
    return value if isinstance(value, str) else encode_canonical(value).decode()


__all__ = ["show_chance", "show_count", "show_duration", "show_gap", "show_interval", "show_money", "show_share", "show_time", "show_value"]
