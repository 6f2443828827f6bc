"""What a person reads whose model does not answer."""

import re

from tests.snapshot.compare import check_snapshot
from tests.unit.adapters.models.talking import SCHEMA, ask_of, fail

FAULTS = ("401", "402", "no-credit", "no-model", "too-long", "429-after", "503", "reset", "half-body", "page", "no-choice")


def test_every_fault_of_an_endpoint_is_said_with_its_fix() -> None:
    lines = [f"{fault}: {fail(fault, ask=ask_of('how many?', schema=SCHEMA, max_tokens=20))}" for fault in FAULTS]
    lines.append(f"no-schema: {fail('no-schema', structured='native')}")
    lines.append(f"no-key: {fail('none', headers={'Authorization': 'Bearer ${A_KEY_THAT_IS_NOT_SET}'})}")
    check_snapshot("model_errors.txt", re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8080", "\n".join(lines)) + "\n")
