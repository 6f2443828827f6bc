"""What the robust bot says to what is no answer: questions, complaints, small talk, hesitation."""

import re

from understanding import any_of

HELP = {
    "sells": "I mean what customers pay you for, like coffee, clothes or plumbing. If nothing is close, take 'Something else'.",
    "country": "I mean where your business is registered; a city will do. If it's none of these, tell me 'Somewhere else'.",
    "channel": "Online means that customers pay on a website or by a link; in person means they stand in front of you and tap a card.",
    "volume": "A rough guess will do, like '2k a month' or '300 a day', and you can change it later. Just starting? Take 'Under 1k'.",
    "product": "It's what you'd take payments with, going by what you told me. You can also see the others.",
    "confirm": "I want to have it right before I set anything up. If something is wrong, just say what it should be.",
    "finish": "If you say so I set up your account right away; otherwise a colleague gets in touch first.",
}
ASKS = re.compile(
    r"^\W*(?:(?:and|but|so|ok|hi|sorry|wait)\W+)*"
    r"(?:(?:what|how)(?! (?:about|i|we)\b)|why|when|who|which|where|does|do you|are you|can you)\b",
    re.IGNORECASE,
)
UNCLEAR = any_of(
    "(?:you|u) mean", "mean by", "meaning", "explain", "don'?t (?:understand|get it|follow)", r"confus\w+", "huh", "difference",
    "what(?:'?s| is| are| does| counts as) (?:that|this|it|online|in person|both|payment links|checkout|invoices|card reader|terminal)",
    "for example", "why (?:do|does|are|should)", r"^(?:what|why|example|eh)(?=\W*$)",
)  # fmt: skip
VAGUE = any_of("not (?:really )?sure", "unsure", "no (?:idea|clue)", "idk", "dunno", "don'?t know", "depends", "varies", "hard to say",
               "whatever", "all sorts", "maybe")  # fmt: skip
CORRECTS = any_of("actually", "instead", "rather", "make (?:it|that)", "change", "switch", "meant", "mistake", "typo", "wrong", "wait",
                  "sorry", "oops", "correction", "should be", "no", "not", "scratch that")  # fmt: skip
REOPENS = any_of("change", "wrong", "fix", "edit", "go back", "mistake", "redo")
OTHERS = any_of("others?", "else", "another", "alternatives?")
SLOT_NAMES = {
    "sells": any_of("what (?:i|we|you) sell", "my business", "products?", "trade"),
    "country": any_of("country", "city", "location", "where (?:i am|we are)"),
    "channel": any_of("channel", "how (?:i|we) sell"),
    "volume": any_of("volume", "amount", "numbers?", "turnover", "sales", "revenue", "monthly"),
}
RETURNS = any_of("i'?m back", "back again", "where were we", "where did we", "sorry for the (?:wait|delay)", "still there", "pick up where")
REPEATS = any_of("already", "(?:i|we) (?:just )?(?:told|said|gave|answered)", "you (?:just )?asked")
RUDE = any_of("stupid", "idiot", "useless", "dumb", "ridiculous", "annoying", "rubbish", "crap", "shit", "bullshit", r"fuck\w*", "wtf",
              "ffs", "shut up", "hate", "waste of")  # fmt: skip

SMALL_TALK = {
    any_of("fees?", "costs?", "price", "rates?", "charge", "expensive"): "It's 1.4 % + 20 cents a payment, nothing a month.",
    any_of("how long", "how many (?:more )?questions", "take long", "quick"): "This takes two minutes.",
    any_of("paid out", "payout", "get my money", "money arrive", "my account"): "Money arrives the next working day.",
    any_of("safe", "secure", "privacy", "gdpr", "my data", "scam", "legit"): "We're licensed; your data stays with your account.",
    any_of("contract", "cancel", "tied in"): "There is no contract; cancel whenever you like.",
    any_of(
        "sign up", "open an account", "get started", "take (?:card )?payments", "card machine", "get paid"
    ): "You're in the right place.",
    any_of("bot", "robot", "ai", "chatgpt", "human", "your name"): "I'm Penny, a bot; say 'talk to a person' and you get one.",
    any_of("weather", r"rain\w*", "sunny", "hot today", "cold"): "I only see the weather in the sales figures.",
    any_of("football", "match", "holiday", "weekend", "dog", "cat", "kids?"): "I hope it's a good one!",
    any_of("joke", "funny", "lol", "haha"): "I'll leave the jokes to you.",
    any_of("how are you", "how'?s it going"): "Very well, thanks.",
    any_of("thanks", "thank you", "cheers"): "You're welcome.",
    any_of("hi", "hello", "hey", "hiya", "good (?:morning|afternoon|evening)"): "Hello!",
}


def find_small_talk(text: str) -> str:
    """Return a short answer to a common question or remark; empty where there is none."""
    return next((answer for pattern, answer in SMALL_TALK.items() if pattern.search(text)), "")


def split_questions(text: str) -> tuple[str, str]:
    """Return what a message tells and what it asks. Whoever asks what is meant tells nothing, whatever else is mentioned."""
    if UNCLEAR.search(text):
        return "", text
    sentences = re.split(r"(?<=[.!?])\s+|,\s*(?=(?:what|how|why|when|do you)\b)", text)
    asked = [sentence for sentence in sentences if ASKS.search(sentence)]
    return " ".join(sentence for sentence in sentences if sentence not in asked), " ".join(asked)
