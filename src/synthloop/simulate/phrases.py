"""What people say in conversations besides what they came for. Hand-written; a behavior's own phrases come on top."""

ASK_BACK = (
    "what do you mean?",
    "what do you mean by that?",
    "why do you need to know that?",
    "not sure i follow, what are you asking?",
    "what are my options?",
    "can you explain what that means first?",
    "is that really necessary?",
    "what's the difference?",
)
WANDER = (
    "do you work on weekends by the way?",
    "sorry my dog just knocked something over lol",
    "is it going to rain tomorrow you think?",
    "are you a real person?",
    "my cousin uses something else and says it's cheaper",
    "how long have you guys been around?",
    "do you also have a phone app?",
    "what a day. anyway",
    "can you tell me a joke",
    "where are you based?",
)
CHANGE = (
    "actually {told}",
    "wait, {told} instead",
    "hmm i changed my mind, {told}",
    "scratch that. {told}",
    "on second thought {told}",
    "oh and about before: {told} after all",
)
CORRECT = (
    "sorry, i meant {told}",
    "typo, {told}",
    "no wait that was wrong. {told}",
    "i said that wrong, {told}",
    "oops {told}, not what i wrote before",
)
DENY = ("no, {told}", "that's not right, {told}", "no no. {told}", "nope: {told}")
CLAIM_DONE = (
    "i already told you that",
    "i did that last week already",
    "pretty sure i sent you that already",
    "that's done, your colleague has it",
)
RETURN = ("sorry, got pulled away. where were we?", "ok i'm back", "hi again, can we go on?", "back now, what did you need?")
GIVE_UP = (
    "forget it",
    "never mind",
    "this isn't working, bye",
    "ok i'll try somewhere else",
    "i don't have time for this",
    "whatever, bye",
)
VAGUE = ("it depends", "the usual", "a bit of everything i guess", "hard to say", "whatever most people do", "not sure, something normal")
DO_NOT_KNOW = ("i don't know that", "no idea", "can't say, don't have it here", "not sure about that one")
AFFIRM = ("yes", "yep", "yes that's right", "correct", "sounds good", "ok", "yes please", "sure")
NUDGE = ("ok, and now?", "so what's next?", "anything else you need?", "hello?")
RUDE_BEFORE = ("ugh. ", "seriously? ", "for the third time: ", "come on, ", "god this is slow. ")
RUDE_AFTER = (" and hurry up", ". not that hard is it", ". can you people do anything right", "!!", ". just do it")
POLITE_BEFORE = (
    "if it's not too much trouble, ",
    "thank you so much for your help! ",
    "hi there, hope you're well. ",
    "sorry to bother you again, ",
)
POLITE_AFTER = (", thank you so very much", ", i really appreciate it", " please, whenever you have a moment", ". you're wonderful, thanks")
JOIN = ("{first} and {second}", "{first}, {second}", "{first}. also {second}", "{first}, oh and {second}")

LOST = (
    r"\b(?:did ?n.?t|do ?n.?t|could ?n.?t|can ?n.?t|cannot|(?:not|un)able to) (?:quite |really |fully )?(?:get|catch|understand|follow)\b",
    r"\b(?:did ?n.?t|do ?n.?t|could ?n.?t|can ?n.?t|cannot|(?:not|un)able to) (?:quite |really )?recogni[sz]e\b",
    r"\b(?:please|could you|can you) (?:rephrase|try again|say that again|choose one of)",
    r"\bnot sure (?:what you mean|i understand|i follow)\b",
    r"\bsorry, what\b",
)
"""Regular expressions of an app that did not understand."""

CONFIRM = (
    r"\b(?:is|are|does|did) (?:this|that|these|it|all|everything)\b[^.?!]*\b(?:right|correct|ok(?:ay)?|good)\b[^.?!]*\?",
    r"\b(?:did|have) i (?:get|got|understood?)\b[^.?!]*\?",
    r"\b(?:shall|should|may|can) (?:i|we)\b[^.?!]*\?",
    r"\b(?:do|would) you (?:want|like|agree)\b[^.?!]*\?",
    r"\b(?:ready|happy) to\b[^.?!]*\?",
    r"\b(?:correct|right|ok(?:ay)?|sounds? good|confirm)\s*\?",
)
"""Regular expressions of a question that wants a yes or a no."""

YES = frozenset(
    {"yes", "yep", "yeah", "ok", "okay", "correct", "confirm", "right", "sure", "yes please", "looks good", "continue", "sounds good"}
)
NO = frozenset({"no", "nope", "not yet", "change", "wrong", "edit", "cancel"})

__all__ = [
    "AFFIRM",
    "ASK_BACK",
    "CHANGE",
    "CLAIM_DONE",
    "CONFIRM",
    "CORRECT",
    "DENY",
    "DO_NOT_KNOW",
    "GIVE_UP",
    "JOIN",
    "LOST",
    "NO",
    "NUDGE",
    "POLITE_AFTER",
    "POLITE_BEFORE",
    "RETURN",
    "RUDE_AFTER",
    "RUDE_BEFORE",
    "VAGUE",
    "WANDER",
    "YES",
]
