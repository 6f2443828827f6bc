"""The table of contents of the command line: every verb with one line, in the order of the loop. Verbs load when they are used."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """One line of the table of contents."""

    name: str
    summary: str
    """The first line of the verb's own help."""

    @property
    def module(self) -> str:
        """The module that holds it: a function `run`, or a group `app` of further verbs."""
        return f"synthloop.surfaces.cli.verbs.{self.name}"


CONTENTS: dict[str, tuple[Verb, ...]] = {
    "Begin": (
        Verb("init", "Write a small working project with comments."),
        Verb("check", "Read all files of the project and say everything that is wrong, at once."),
        Verb("components", "List noisers, validators, scorers, judges, writers, exports and finders, with parameters and an example."),
        Verb("models", "List the language models; check whether they answer, take schemas, and how fast."),
        Verb("personas", "Draw who speaks, and check the mix; have a model draft a file of personas."),
        Verb("prompts", "List what models are asked; copy a prompt into the project to change it."),
        Verb("schema", "Print the JSON Schema of project or behavior files, for editors."),
    ),
    "Make samples": (
        Verb("noise", "Measure how your own users write, and look at what was measured."),
        Verb("generate", "Make samples of every behavior, and curate them."),
        Verb("samples", "Show accepted samples."),
        Verb("inspect", "Look at all samples together: too much, too alike, misleading."),
        Verb("dropped", "Show what curation dropped, and why; with --faults, what models wrote in vain."),
    ),
    "Find what fails": (
        Verb("evaluate", "Run the app on the samples and report how it did."),
        Verb("simulate", "Let simulated users talk with the app: how many reach the end state, where the others break off, and why."),
        Verb("transcripts", "Show conversations with the app, with what the user meant and how they ended."),
        Verb("compare", "Run every variant of the app on the same samples, and compare them."),
        Verb("gears", "List what asks a model, with how far it agrees with people; check it, label cases for it."),
        Verb("distill", "Group the failures, and try fresh neighbors of each group."),
        Verb("report", "Show the last report again, or write it as HTML, Markdown or JUnit XML."),
    ),
    "Close the loop": (
        Verb("promote", "Turn confirmed failures into permanent cases of their behaviors."),
        Verb("export", "Write the training set to a file."),
    ),
    "Hold the gain": (
        Verb("gate", "Decide on the holdout: pass, fail or too little data."),
        Verb("baseline", "Accept how the app does now, for the gate to compare with; list what was accepted."),
        Verb("holdout", "Show how often the holdout was read; hand a spent one to dev."),
    ),
    "All at once": (
        Verb("run", "One whole turn: generate, curate, run the app, evaluate, distill, gate."),
        Verb("status", "Say where the loop stands and what to do next."),
    ),
}
"""Section -> its verbs."""

VERBS: dict[str, Verb] = {verb.name: verb for verbs in CONTENTS.values() for verb in verbs}
"""Name -> verb, in order."""

__all__ = ["CONTENTS", "VERBS", "Verb"]
