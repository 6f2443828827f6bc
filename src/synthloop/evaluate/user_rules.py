"""What one message of a user does, told by its words: English rules.

What they are worth is measured on people who were told when to change their mind or to make small talk: `python
benchmarks/realism_users.py` prints it. They find part of the cases and are seldom wrong. That is enough to compare two sets of
conversations by the share of turns in which they fire; they don't find every single case.
"""

import re


def _compile(*phrases: str) -> re.Pattern[str]:
    """Return a pattern of phrases that stand as whole words; `X?` and other signs of regular expressions count."""
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


_PEOPLE = (
    "friends?|mom|mother|dad|father|wife|husband|kids?|son|daughter|boss|coworkers?|girlfriend|boyfriend|partner|brother|sister|dog|cat"
)
_FEELINGS = "excited|nervous|tired|hungry|happy|sad|scared|worried|bored|busy|lucky"
_CHANGES = _compile(
    "actually", "instead", "never ?mind", "scratch that", "on second thoughts?", "no,? wait", "you know what", "hold on", "after all",
    "chang(?:e|ed|ing) (?:of|my|our) mind", "(?:need|want|like|have) to change", "chang(?:e|ed) (?:it|that|the|my|this)", "i forgot",
    "just (?:remembered|found out|realized|learned)", "forget (?:about )?(?:it|that)", "(?:would|i'?d) rather", "rather not", "no longer",
    "don'?t need (?:it|that|the|a) .{0,20}any ?more", "(?:switch|move) (?:it|that|the|my) .{0,30}to",
)  # fmt: skip
_CORRECTS_ITSELF = _compile(
    "i meant?", "o+ps", "typo", "my (?:mistake|bad)", "made a mistake", "misspoke", "mistyped", "it should (?:be|have been)", "should be",
    "sorry,? (?:it|it'?s|that'?s|the|my|i mean\\w*|make)", "(?:was|is|wasn'?t) wrong", "not that (?:one|flight|day|time)",
    "(?:i|we) (?:gave|told) you the wrong",
)  # fmt: skip
_DENIES = (
    re.compile(r"^\W*(?:no|nope|nah)\b(?!\W*$)[,.! ]+\w+", re.IGNORECASE),
    _compile(
        "(?:that'?s|that is|this is|it'?s) (?:not (?:right|what|correct|it|the)|wrong|incorrect)",
        "i (?:already|just) (?:told|said|gave|asked)",
    ),
)
_REFUSES = re.compile(
    r"^\W*(?:no|nope|nah)\b[,.! ]+"
    r"(?:thank|thx|problem|worries|need|that'?s|that is|that will|that would|nothing|i'?m|i am|i think|i don'?t|bye|good|it'?s)",
    re.IGNORECASE,
)
_WANDERS = _compile(
    "l+o+l+", "lmao", "(?:ha){2,}h?", "hehe", "by the way", "btw", "jokes?", "funny", "fun fact", "speaking of", "wish me luck",
    "can you believe", "how(?:'s| is| are) (?:you|your (?:day|night|morning|week)|it going|life)",
    "(?:what'?s|what is) your (?:favou?rite|name|opinion)",
    "(?:are|were) you (?:a |an |even )?(?:robot|human|real|bot|ai|person|alive|married|single)",
    "have you (?:ever|been|heard|seen|tried|met)", "do you (?:like|love|enjoy|ever|believe|prefer|watch|eat|sleep|think)",
    "(?:i|we) (?:really )?(?:love|hate|hope|wonder|bet|can'?t wait|can'?t believe)",
    f"(?:i'?m|i am|been|feeling|feel) (?:so |really |very |super |pretty |a little |a bit )?(?:{_FEELINGS})",
    f"my (?:{_PEOPLE}) (?:is|are|was|loves?|hates?|likes?|says?|said|thinks?|always|has|had|will|just|would|got)",
)  # fmt: skip
_YES = (
    "yes", "yeah", "yep", "yup", "ya", "sure", "ok", "okay", "k", "correct", "right", "exactly", "perfect", "great", "good", "fine",
    "alright", "all right", "please", "go ahead", "do it", "please do", "i do", "it is", "absolutely", "definitely", "of course", "cool",
    "awesome", "that'?s (?:right|correct|it|fine|good|great|ok|okay|perfect)", "sounds? (?:good|great|perfect|fine)",
    "(?:that )?works(?: for me)?", "book it", "confirm(?:ed)?", "thanks?", "thank (?:you|u)", "ty", "so much", "very much",
)  # fmt: skip
_CONFIRMS = re.compile(rf"\W*(?:{'|'.join(_YES)})(?:\W+(?:{'|'.join(_YES)}))*\W*", re.IGNORECASE)
_GOODBYE = _compile(
    "thanks?", "thank (?:you|u)", "thx", "ty", "cheers", "(?:good ?)?bye", "see (?:you|ya)", "that'?s (?:all|it)",
    "that (?:is|will be) (?:all|it)", "nothing (?:else|more)", "i'?m (?:all )?(?:done|good|set)",
    "have a (?:good|nice|great|wonderful) \\w+", "appreciate", "no,? (?:i'?m|that'?s|thank)",
)  # fmt: skip
_GIVES_UP = _compile(
    "never ?mind", "forget (?:it|about it|the whole)", "i give up", "this (?:is|isn'?t) (?:useless|ridiculous|a waste|pointless|working)",
    "waste of (?:my )?time",
    "i'?ll (?:just )?(?:try|go|call|find|ask|look|do it) (?:somewhere|someone|someplace|elsewhere|another|myself)",
    "i'?m (?:out of here|done with)", "whatever,? bye", "don'?t have time for this",
)  # fmt: skip
_RUDE = _compile(
    "stupid", "idiots?", "dumb", "useless", "morons?", "bitch", "shit\\w*", "fuck\\w*", "damn\\w*", "wtf", "crap", "sucks?", "ridiculous",
    "worthless", "hell (?:is|are|do|did)", "hurry (?:up|the)", "seriously", "ugh+", "incompetent", "shut up", "pathetic", "garbage",
    "come on", "what'?s wrong with you", "waste of", "snappy", "jeez", "not that hard",
)  # fmt: skip
_POLITE = _compile(
    "please", "thanks?", "thank (?:you|u)", "kindly", "appreciate", "sorry to bother", "if you (?:don'?t|wouldn'?t) mind",
    "would you mind", "so kind", "if it'?s not too much trouble", "wonderful", "hope you'?re well",
)  # fmt: skip
_CLAIMS_DONE = _compile(
    "(?:i|we)(?:'ve| have)? already (?:told|gave|given|said|paid|did|done|sent|booked|provided|entered|submitted|answered|made)",
    "already (?:did|done|paid|told)", "i did that", "pretty sure i (?:sent|told|gave|said)", "that'?s done",
)  # fmt: skip
_RETURNS = _compile(
    "i'?m back", "back now", "where were we", "got (?:pulled|called) away", "hi again", "(?:for|about) the (?:wait|delay)",
    "had to step away",
)  # fmt: skip
_VAGUE = _compile(
    "it depends", "whatever", "any(?:thing| time| day| one|time)? (?:is fine|works|will do|would do)", "hard to say", "surprise me",
    "up to you", "i guess", "i(?:'m| am)? (?:don'?t|do not|not)(?: really)? (?:care|know|sure|mind|remember)", "not sure",
    "no (?:preference|idea)", "doesn'?t matter", "you (?:choose|decide|pick)", "can'?t remember", "the usual", "a bit of everything",
)  # fmt: skip
_REQUEST = _compile(
    "(?:can|could|would|will) (?:you|i|we)", "(?:i'?d|i would) like", "please", "i (?:want|need)", "(?:is|are) there", "how about",
    "what about", "do(?:es)? (?:it|they|the|that|this) (?:\\w+ )?have",
)  # fmt: skip
_OFFERS_MORE = _compile("(?:any|some)thing else", "(?:any|some) (?:other|more|further)", "what else")
_ASKS = re.compile(r"\?\W*$|^\W*(?:what|why|which|how|who|huh|pardon|sorry)\b[^.!]*$", re.IGNORECASE)
_LONGEST_ASKED_BACK = 12


def changes_mind(text: str) -> bool:
    """Tell whether a user wants something else than before.

    Example:
        >>> changes_mind("Actually I need to go to the airport"), changes_mind("to the airport")
        (True, False)
    """
    return _CHANGES.search(text) is not None


def corrects_itself(text: str) -> bool:
    """Tell whether a user puts right what it said itself."""
    return _CORRECTS_ITSELF.search(text) is not None


def denies(text: str) -> bool:
    """Tell whether a user says that the app is wrong; a bare no or a "no, thanks" is an answer.

    Example:
        >>> denies("No, I said Tuesday"), denies("no"), denies("No, that's all, thanks")
        (True, False, False)
    """
    return not _REFUSES.search(text) and any(pattern.search(text) for pattern in _DENIES)


def corrects(text: str) -> bool:
    """Tell whether a user puts anything right: a changed mind, a slip of its own, a mistake of the app."""
    return changes_mind(text) or corrects_itself(text) or denies(text)


def wanders(text: str) -> bool:
    """Tell whether there is small talk in it."""
    return _WANDERS.search(text) is not None


def asks_back(text: str, heard: str) -> bool:
    """Tell whether a user answers the app's question with a short question that is no request.

    Args:
        text: What the user says.
        heard: What the app said before.

    Example:
        >>> asks_back("What do you mean?", "Which plan?"), asks_back("Can you find a cheaper one?", "Shall I book it?")
        (True, False)
    """
    return "?" in heard and _ASKS.search(text) is not None and not _REQUEST.search(text) and len(text.split()) <= _LONGEST_ASKED_BACK


def confirms(text: str) -> bool:
    """Tell whether a user says nothing but yes, or thanks.

    Example:
        >>> confirms("Yes please!"), confirms("ok, thank you"), confirms("yes, but cheaper")
        (True, True, False)
    """
    return _CONFIRMS.fullmatch(text) is not None


def says_goodbye(text: str) -> bool:
    """Tell whether a user ends the conversation in good order: thanks, that's all, bye."""
    return _GOODBYE.search(text) is not None


def offers_more(heard: str) -> bool:
    """Tell whether the app asks for nothing but whether there is more to do: many people just leave then."""
    return _OFFERS_MORE.search(heard) is not None


def gives_up(text: str) -> bool:
    """Tell whether a user says that it leaves without having got what it came for."""
    return _GIVES_UP.search(text) is not None


def is_rude(text: str) -> bool:
    """Tell whether a user is unfriendly."""
    return _RUDE.search(text) is not None


def is_over_polite(text: str) -> bool:
    """Tell whether there are two marks of politeness or more in one message."""
    return len(_POLITE.findall(text)) > 1


def claims_done(text: str) -> bool:
    """Tell whether a user says that something was done already."""
    return _CLAIMS_DONE.search(text) is not None


def returns(text: str) -> bool:
    """Tell whether a user says that it was away."""
    return _RETURNS.search(text) is not None


def is_vague(text: str) -> bool:
    """Tell whether a user answers without saying anything to hold on to."""
    return _VAGUE.search(text) is not None


__all__ = [
    "asks_back",
    "changes_mind",
    "claims_done",
    "confirms",
    "corrects",
    "corrects_itself",
    "denies",
    "gives_up",
    "is_over_polite",
    "is_rude",
    "is_vague",
    "offers_more",
    "returns",
    "says_goodbye",
    "wanders",
]
