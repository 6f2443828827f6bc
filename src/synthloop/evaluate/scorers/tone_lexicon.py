"""Marks of tone in English, written by hand: phrases that a listener hears as polite, unsure, sorry and so on."""

from typing import Literal

ToneName = Literal["apology", "certainty", "emphasis", "greeting", "hedging", "politeness", "refusal"]

TONES: dict[ToneName, tuple[str, ...]] = {
    "apology": (
        "apologies", "apologise", "apologize", "excuse me", "forgive me", "i regret", "i'm afraid", "my bad", "my fault", "my mistake",
        "pardon", "sorry", "unfortunately", "we regret",
    ),
    "certainty": (
        "absolutely", "always", "certainly", "clearly", "definitely", "for sure", "guaranteed", "no doubt", "obviously", "of course",
        "surely", "undoubtedly", "without a doubt",
    ),
    "emphasis": ("!", "extremely", "incredibly", "really", "so much", "super", "totally", "very"),
    "greeting": (
        "dear", "good afternoon", "good day", "good evening", "good morning", "greetings", "hello", "hey", "hi", "hi there", "welcome",
    ),
    "hedging": (
        "as far as i know", "i believe", "i guess", "i suppose", "i think", "i would say", "i'm not sure", "in my opinion", "it seems",
        "kind of", "likely", "maybe", "might", "more or less", "not certain", "perhaps", "possibly", "presumably", "probably", "roughly",
        "sort of", "to my knowledge",
    ),
    "politeness": (
        "appreciate it", "at your convenience", "could you", "glad to help", "happy to help", "if you don't mind", "kindly",
        "much appreciated", "my pleasure", "please", "thank you", "thank you very much", "thanks", "thanks a lot", "would you",
        "would you mind", "you're welcome",
    ),
    "refusal": (
        "can't help", "cannot help", "i am not able to", "i am unable", "i can not", "i can't", "i cannot", "i won't", "i'm not able to",
        "i'm unable", "not something i can", "outside of what i can", "we can't", "we cannot", "we're unable",
    ),
}  # fmt: skip
"""Tone -> phrases, lowercase; matched as whole words, the longest first."""

__all__ = ["TONES", "ToneName"]
