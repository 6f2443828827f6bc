import inspect
from typing import Any

import pytest

from synthloop.surfaces.cli.contents import CONTENTS, VERBS, Verb
from synthloop.surfaces.cli.group import load_verb
from synthloop.surfaces.cli.reference import list_commands

COMMANDS = [(path, command) for verb in VERBS.values() for path, command in list_commands(verb)]


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
def test_the_table_of_contents_says_what_the_verb_says(verb: Verb) -> None:
    assert inspect.cleandoc(load_verb(verb).help).splitlines()[0] == verb.summary


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_verb_takes_json_and_explains_its_options(path: str, command: Any) -> None:
    options = {option for parameter in command.params for option in parameter.opts}
    assert "--json" in options
    assert all(parameter.help.endswith(".") for parameter in command.params if parameter.name != "help"), path


def test_verbs_stand_in_the_order_of_the_loop() -> None:
    assert next(iter(VERBS)) == "init"
    order = ["generate", "evaluate", "distill", "promote", "gate", "run"]
    assert sorted(order, key=list(VERBS).index) == order
    assert sum(len(verbs) for verbs in CONTENTS.values()) == len(VERBS)
