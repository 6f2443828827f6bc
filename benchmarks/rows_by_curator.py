"""Rows by bespokelabs-curator; run by `model_runs.py` in an environment that has it: rows_by_curator.py URL ROWS."""

# pyright: basic, reportMissingImports=false
# it is no dependency of this project, and never installed beside it
import sys
import tempfile

from bespokelabs import curator
from pydantic import BaseModel

from rows_wanted import IN_FLIGHT, SYSTEM, TEMPLATE, measured


class Row(BaseModel):
    """What is asked for."""

    text: str
    label: str


class Writer(curator.LLM):
    """One call a row."""

    response_format = Row

    def prompt(self, input: dict) -> str:  # noqa: A002 - curator passes it by this name
        """Return the prompt of a row."""
        return TEMPLATE.format(number=input["number"])

    def parse(self, input: dict, response: Row) -> dict:  # noqa: A002 - the same
        """Return a row."""
        return {"number": input["number"], "text": response.text, "label": response.label}


def main() -> None:
    url, rows = sys.argv[1], int(sys.argv[2])
    settings = {
        "base_url": f"{url}/v1",
        "api_key": "none",
        "max_concurrent_requests": IN_FLIGHT,
        "max_requests_per_minute": 10**9,
        "max_tokens_per_minute": 10**12,
        "seconds_to_pause_on_rate_limit": 1,  # the least it takes
    }
    with tempfile.TemporaryDirectory() as folder, measured(rows) as counts:
        writer = Writer(model_name="tiny", backend="openai", system_prompt=SYSTEM, backend_params=settings)
        counts.append(len(writer([{"number": number} for number in range(rows)], working_dir=folder).dataset))


if __name__ == "__main__":
    main()
