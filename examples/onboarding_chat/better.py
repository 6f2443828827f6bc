"""The second version: it understands what people write, several answers at once too. What it doesn't understand, it asks again."""

from form import HELLO, SLOTS, Form
from understanding import read, says_no, says_yes, wants_person

from synthloop import Reply


class Bot:
    """Fills the form's open slots from free text."""

    def __init__(self) -> None:
        self.form = Form()

    def greet(self) -> Reply:
        """Say hello and ask the first question."""
        return self.form.ask(HELLO)

    def reply(self, text: str) -> Reply:
        """Take what the message tells and ask the next question."""
        form = self.form
        if form.outcome:
            return form.ask()
        if wants_person(text) or "somewhere else" in text.lower():
            return form.hand_off()
        new = {slot: value for slot, value in read(text, form.step).items() if slot not in form.known}
        if new:
            form.known.update(new)
            return form.ask("Great.")
        return form.ask("Sorry, I didn't get that.") if form.step in SLOTS else self.decide(text)

    def decide(self, text: str) -> Reply:
        """Take a yes or a no to the product, to the summary, or to be set up."""
        if says_yes(text):
            self.form.accept()
            return self.form.ask("Great.")
        if self.form.step == "confirm" and (says_no(text) or "start over" in text.lower()):
            self.form.known.clear()
            return self.form.ask("Let's start over.")
        return self.form.hand_off() if says_no(text) else self.form.ask("Sorry, I didn't get that.")
