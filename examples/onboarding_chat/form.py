"""The form that is filled by talking: what is known, what is asked next, and how it is asked. The same for every version of the bot."""

from collections.abc import Sequence

from catalog import CHANNELS, COUNTRIES, PRODUCTS, SELLS, VOLUMES, fit_product

from synthloop import Reply

SLOTS = ("sells", "country", "channel", "volume")
STEPS = (*SLOTS, "product", "confirm", "finish")
HELLO = "Hi, I'm Penny. A few questions and you can take payments."
PERSON = "Talk to a person"

QUESTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sells": ("What do you sell?", SELLS),
    "country": ("Which country is your business in?", (*COUNTRIES, "Somewhere else")),
    "channel": ("Do you sell online, in person, or both?", CHANNELS),
    "volume": ("Roughly how much do you sell a month?", tuple(VOLUMES)),
    "product": ("I'd suggest {fit}: {pitch}. Shall we go with it?", ("Sounds good", PERSON)),
    "confirm": (
        "To sum up: {sells}; {country}; {channel}; {volume} a month; {product}. Is that right?",
        ("Yes, that's right", "Start over"),
    ),
    "finish": ("Shall I set it up now, or would you rather talk to a person first?", ("Set it up now", PERSON)),
}
ENDINGS = {
    "set_up": "Done, your account is set up. Check your email for the next steps.",
    "handed_off": "A colleague will take over from here and has all that you told me.",
}


class Form:
    """One conversation's form: slots are filled in any order, and the first open step is asked next."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.outcome: str | None = None

    @property
    def step(self) -> str:
        """The step that waits for an answer."""
        return "done" if self.outcome else next(step for step in STEPS if step not in self.known)

    def ask(self, lead: str = "", *, question: str = "", quick_replies: Sequence[str] = ()) -> Reply:
        """Say `lead`, then ask the open question, in other words or with other quick replies where they are given."""
        if self.outcome:
            return Reply(output=f"{lead} {ENDINGS[self.outcome]}".strip(), state=self.state(), done=True)
        usual, options = QUESTIONS[self.step]
        fit = fit_product(self.known) if self.step == "product" else ""
        question = question or usual.format(**self.known, fit=fit, pitch=PRODUCTS.get(fit, ""))
        return Reply(output=f"{lead} {question}".strip(), quick_replies=quick_replies or options, state=self.state())

    def reopen(self, *slots: str) -> None:
        """Forget slots, and the decisions that rest on them."""
        for step in (*slots, "product", "confirm"):
            self.known.pop(step, None)

    def accept(self) -> None:
        """Take the user's yes to the product, to the summary, or to be set up."""
        if self.step == "product":
            self.known["product"] = fit_product(self.known)
        elif self.step == "confirm":
            self.known["confirm"] = "yes"
        else:
            self.outcome = "set_up"

    def hand_off(self, lead: str = "") -> Reply:
        """End with a person who takes over."""
        self.outcome = "handed_off"
        return self.ask(lead)

    def state(self) -> dict[str, str | None]:
        """Return what the bot shows of itself: the open step, the slots (None: unknown), and how it ended."""
        return {"step": self.step, **{slot: self.known.get(slot) for slot in (*SLOTS, "product")}, "outcome": self.outcome}
