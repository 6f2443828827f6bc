"""The first version, as it is written by somebody who clicks through his own chat: it knows its quick replies, and nothing else."""

from form import HELLO, PERSON, QUESTIONS, SLOTS, Form

from synthloop import Reply


class Bot:
    """Takes the quick replies of the open question, in any case."""

    def __init__(self) -> None:
        self.form = Form()

    def greet(self) -> Reply:
        """Say hello and ask the first question."""
        return self.form.ask(HELLO)

    def reply(self, text: str) -> Reply:
        """Take the answer and ask the next question."""
        form = self.form
        if form.outcome:
            return form.ask()
        options = QUESTIONS[form.step][1]
        picked = next((option for option in options if option.lower() == text.strip().lower()), None)
        if picked is None:
            return form.ask("Please choose one of the options.")
        if picked in (PERSON, "Somewhere else"):
            return form.hand_off()
        if picked == "Start over":
            form.known.clear()
        elif form.step in SLOTS:
            form.known[form.step] = picked
        else:
            form.accept()
        return form.ask()
