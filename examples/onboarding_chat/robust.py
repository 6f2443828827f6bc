"""The third version: it explains itself, lets people change their mind and wander off, and finds a way out when it doesn't understand."""

import re

from catalog import PRODUCTS
from form import HELLO, PERSON, QUESTIONS, SLOTS, Form
from remarks import CORRECTS, HELP, OTHERS, REOPENS, REPEATS, RETURNS, RUDE, SLOT_NAMES, UNCLEAR, VAGUE, find_small_talk, split_questions
from understanding import drop_negated, read, says_no, says_yes, wants_person

from synthloop import Reply

CHANGES = {"What I sell": "sells", "Country": "country", "How I sell": "channel", "Monthly amount": "volume"}


class Bot:
    """Fills, corrects and reopens the form; answers what is no answer; calls a person rather than going in circles."""

    def __init__(self) -> None:
        self.form = Form()
        self.misses = 0  # messages that it could not make out, since it last moved on
        self.turns = 0  # all messages since then

    def greet(self) -> Reply:
        """Say hello and ask the first question."""
        return self.form.ask(HELLO)

    def reply(self, text: str) -> Reply:
        """Take what the message tells, answer what it asks, and ask the next question."""
        if self.form.outcome:
            return self.form.ask()
        if wants_person(text) or "somewhere else" in text.lower():
            return self.form.hand_off("Sure.")
        self.turns += 1
        told, asked = split_questions(text)
        reply = self.take(told, asked) or self.change(told) or self.decide(told) or self.comment(text) or self.recover(text)
        return self.form.hand_off("Let's not go in circles.") if self.turns > 6 else reply

    def take(self, told: str, asked: str) -> Reply | None:
        """Take values for open slots, and other values for known ones where the user corrects something."""
        known, step = self.form.known, self.form.step
        said = drop_negated(told)
        found = read(said, step)
        small = re.fullmatch(r"\D*(\d{1,2})\D*", said)
        if small and step == "volume" and set(found) == {"volume"} and not read(said, ""):
            return self.doubt(small[1])
        new = {slot: value for slot, value in found.items() if slot not in known}
        corrects = CORRECTS.search(told) or (step not in SLOTS and not says_yes(told))
        firm = read(said, step, hints=False) if corrects else {}
        changed = {slot: value for slot, value in firm.items() if known.get(slot, value) != value}
        if not (new or changed):
            return None
        self.form.reopen(*changed)
        known.update(new | changed)
        return self.go_on(f"{self.answer(asked)} {'Changed' if changed else 'Got it'}: {', '.join((new | changed).values())}.")

    def doubt(self, number: str) -> Reply:
        """Ask whether a small number means thousands."""
        either = (f"{number} a month", f"{number}k a month")
        return self.form.ask(question=f"Is that {number} or {number} thousand a month?", quick_replies=either)

    def change(self, told: str) -> Reply | None:
        """Ask a question again whose answer is to be changed, or ask which."""
        if "start over" in told.lower():
            self.form.known.clear()
            return self.go_on("Let's start over.")
        wants_change = REOPENS.search(told) or (self.form.step == "confirm" and not says_yes(told))
        named = next((slot for slot, name in SLOT_NAMES.items() if name.search(told)), None) if wants_change else None
        slot = CHANGES.get(told, named)
        if slot in self.form.known:
            self.form.reopen(slot)
            return self.go_on("Sure.")
        return self.form.ask(question="What should I change?", quick_replies=tuple(CHANGES)) if REOPENS.search(told) else None

    def decide(self, told: str) -> Reply | None:
        """Take a yes, a no or another wish: to the product, to the summary, to be set up."""
        form = self.form
        if form.step in SLOTS:
            return None
        named = next((product for product in PRODUCTS if product.lower() in told.lower()), None)
        if form.step == "product" and named:
            form.known["product"] = named
            return self.go_on(f"{named} it is.")
        if says_yes(drop_negated(told)):
            form.accept()
            return self.go_on("Great.")
        return self.refuse() if says_no(told) or OTHERS.search(told) else None

    def refuse(self) -> Reply:
        """Offer what else there is."""
        if self.form.step == "product":
            return self.form.ask(question="Which of these would you rather have?", quick_replies=(*PRODUCTS, PERSON))
        if self.form.step == "confirm":
            return self.form.ask(question="What should I change?", quick_replies=tuple(CHANGES))
        return self.form.hand_off("No problem.")

    def comment(self, text: str) -> Reply | None:
        """Answer what is no answer, and lead back to the question."""
        have = ", ".join(value for slot, value in self.form.known.items() if slot != "confirm") or "nothing"
        if RETURNS.search(text):
            return self.form.ask(f"Welcome back! So far I have: {have}.")
        if REPEATS.search(text):
            return self.form.ask(f"Sorry if I missed something. So far I have: {have}.")
        if RUDE.search(text):
            return self.form.ask("I know, forms are no fun. Bear with me, or say 'talk to a person'.")
        answer = self.answer(text)
        return self.form.ask(answer) if answer else None

    def answer(self, asked: str) -> str:
        """Return an answer to a question, as far as there is one."""
        return find_small_talk(asked) or (HELP[self.form.step] if UNCLEAR.search(asked) else "")

    def recover(self, text: str) -> Reply:
        """Ask in other words, then offer what can be picked, then call a person."""
        self.misses += 1
        if self.misses == 1:
            lead = "No problem." if VAGUE.search(text) else "That's beyond me." if text.endswith("?") else "Sorry, I didn't get that."
            return self.form.ask(lead, question=HELP[self.form.step])
        if self.misses == 2:
            options = dict.fromkeys((*QUESTIONS[self.form.step][1], PERSON))  # once each
            return self.form.ask("Let me make it easy.", question="Which of these comes closest?", quick_replies=tuple(options))
        return self.form.hand_off("I keep missing your point, sorry.")

    def go_on(self, lead: str) -> Reply:
        """Ask the next question: the conversation has moved on."""
        self.misses = self.turns = 0
        return self.form.ask(lead.strip())
