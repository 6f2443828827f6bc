"""Frames around a request: ways to ask for the same thing, greetings, contexts and closings.

`{core}` stands for the request's content: a verb phrase (`cancel my card`), a noun phrase (`my balance`) or a clause (`I need a visa`).
Every frame of one form fits every core of that form, so a rewrite never changes who does what.
"""

from collections.abc import Mapping
from typing import Literal

FrameForm = Literal["ask", "self", "how", "ability", "what", "whether"]
"""Forms of a request that have frames: asked of the app, own wish, how to, may I, what is, whether."""

FORMS: Mapping[FrameForm, tuple[str, ...]] = {
    "ask": (
        "{core}",
        "{core}",
        "please {core}",
        "can you {core}?",
        "could you {core}?",
        "can you please {core}?",
        "could you please {core}?",
        "would you {core}?",
        "would you please {core}?",
        "can u {core}?",
        "could you quickly {core}?",
        "will you {core}?",
        "I need you to {core}",
        "I want you to {core}",
        "I'd like you to {core}",
        "I would like you to {core}",
        "I'd love for you to {core}",
        "go ahead and {core}",
        "just {core}",
        "any chance you could {core}?",
        "would it be possible for you to {core}?",
        "do you think you could {core}?",
        "are you able to {core}?",
        "would you be able to {core}?",
        "it would be great if you could {core}",
    ),
    "self": (
        "I need to {core}",
        "I want to {core}",
        "I'd like to {core}",
        "I would like to {core}",
        "need to {core}",
        "I have to {core}",
        "I'm trying to {core}",
        "I'm looking to {core}",
        "looking to {core}",
        "trying to {core}",
        "help me {core}",
        "please help me {core}",
        "can you help me {core}?",
        "I need help, I want to {core}",
        "I was hoping to {core}",
        "I really need to {core}",
        "I've got to {core}",
        "gotta {core}",
        "I wanna {core}",
    ),
    "how": (
        "how do I {core}?",
        "how can I {core}?",
        "how to {core}?",
        "how would I {core}?",
        "how should I {core}?",
        "how do you {core}?",
        "how does one {core}?",
        "can you tell me how to {core}?",
        "could you explain how to {core}?",
        "can you show me how to {core}?",
        "please tell me how to {core}",
        "tell me how to {core}",
        "show me how to {core}",
        "I want to know how to {core}",
        "I need to know how to {core}",
        "I'd like to know how to {core}",
        "not sure how to {core}",
        "I don't know how to {core}",
        "what do I need to do to {core}?",
        "what do I have to do to {core}?",
        "what steps do I take to {core}?",
        "what's the best way to {core}?",
        "any idea how to {core}?",
        "do you know how to {core}?",
        "I can't figure out how to {core}",
        "explain how to {core}",
        "I need help with how to {core}",
    ),
    "ability": (
        "can I {core}?",
        "could I {core}?",
        "am I able to {core}?",
        "would I be able to {core}?",
        "is it possible to {core}?",
        "would it be possible to {core}?",
        "is it possible for me to {core}?",
        "is there a way to {core}?",
        "is there any way to {core}?",
        "is there some way I can {core}?",
        "do you know if I can {core}?",
        "can you tell me if I can {core}?",
        "tell me if I can {core}",
        "I want to know if I can {core}",
        "I was wondering if I can {core}",
        "wondering if I can {core}",
        "am I allowed to {core}?",
        "will I be able to {core}?",
    ),
    "what": (
        "what is {core}?",
        "what's {core}?",
        "tell me {core}",
        "please tell me {core}",
        "can you tell me {core}?",
        "could you tell me {core}?",
        "could you please tell me {core}?",
        "do you know {core}?",
        "I need to know {core}",
        "I want to know {core}",
        "I'd like to know {core}",
        "let me know {core}",
        "I was wondering what {core} is",
        "any idea what {core} is?",
        "can you check {core}?",
    ),
    "whether": (
        "do you know if {core}?",
        "can you tell me if {core}?",
        "could you tell me if {core}?",
        "please tell me if {core}",
        "tell me if {core}",
        "let me know if {core}",
        "I want to know if {core}",
        "I'd like to know if {core}",
        "I need to know if {core}",
        "I was wondering if {core}",
        "wondering if {core}",
        "can you check if {core}?",
        "could you find out if {core}?",
        "not sure if {core}",
        "any idea if {core}?",
    ),
}
"""Form -> ways to say it. A frame that ends in `?` makes a question."""

OPENERS: tuple[str, ...] = (
    "hi,",
    "hello,",
    "hey,",
    "hi there,",
    "hey there,",
    "hello there,",
    "good morning,",
    "good evening,",
    "good afternoon,",
    "morning,",
    "ok,",
    "okay so",
    "so",
    "um,",
    "well,",
    "right,",
    "yo,",
    "hey team,",
    "hi everyone,",
    "sorry to bother you,",
    "sorry, me again,",
    "quick one:",
    "quick one -",
    "me again,",
    "hi, hope you are well,",
    "in a hurry, so",
    "I'm on the train so quickly:",
    "typing this on my phone,",
    "about to run out the door,",
    "hey, got a sec?",
    "hi, are you there?",
    "excuse me,",
    "not sure if this is the right place, but",
    "hope this is the right place to ask:",
    "one more thing,",
    "oh and",
    "also,",
    "before I forget,",
    "last thing,",
    "while I have you here,",
    "I'm a bit stuck here,",
    "first time using this,",
)
"""Fit before any request."""

QUESTION_OPENERS: tuple[str, ...] = (
    "quick question:",
    "quick question,",
    "just a quick question,",
    "question:",
    "I have a question,",
    "I've got a question,",
    "just wondering,",
    "just curious,",
    "I was wondering,",
    "silly question, but",
    "dumb question maybe, but",
    "can I ask something?",
    "can you help me?",
    "hi, I have a question.",
)
"""Fit before questions only."""

ACTION_OPENERS: tuple[str, ...] = (
    "when you get a chance,",
    "when you have a minute,",
    "if you can,",
    "can you do me a favor,",
    "do me a favor and",
    "as soon as you can,",
)
"""Fit before commands only."""

STATEMENT_OPENERS: tuple[str, ...] = (
    "hi, I need some help.",
    "I need help,",
    "help please,",
    "so here's the thing,",
    "I have a problem,",
    "there's an issue,",
    "not sure what's going on but",
    "I'm confused,",
)
"""Fit before a statement that reports something."""

CLOSERS: tuple[str, ...] = (
    "thanks",
    "thx",
    "thank you",
    "thank you so much",
    "thanks a lot",
    "many thanks",
    "cheers",
    "thanks in advance",
    "appreciate it",
    "ty",
)
"""Fit after any request, set off by a comma or a sentence end."""

QUESTION_CLOSERS: tuple[str, ...] = (
    "any ideas?",
    "do you know?",
    "let me know",
    "please let me know",
    "can you help?",
    "please advise",
    "just want to be sure",
)
"""Fit after questions and reports, set off the same way."""

ACTION_CLOSERS: tuple[str, ...] = (
    "please",
    "pls",
    "if you can",
    "if possible",
    "if you don't mind",
    "when you get a chance",
    "real quick",
    "would be great",
    "that would help me a lot",
)
"""Fit after commands and needs, set off by a comma or a space."""

TIME_PHRASES = (
    r"(?:today|tonight|tomorrow|this (?:morning|afternoon|evening|week|weekend|month|year)|next (?:week|month|year|weekend)|"
    r"tomorrow (?:morning|afternoon|evening|night)|(?:on |next |this )(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"last (?:night|week|month|year)|yesterday|right now|at the moment)"
)
"""Pattern of time phrases that can stand at either end of a sentence."""

__all__ = [
    "ACTION_CLOSERS",
    "ACTION_OPENERS",
    "CLOSERS",
    "FORMS",
    "OPENERS",
    "QUESTION_CLOSERS",
    "QUESTION_OPENERS",
    "STATEMENT_OPENERS",
    "TIME_PHRASES",
    "FrameForm",
]
