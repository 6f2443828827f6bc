"""What the robust bot says to what is no answer: questions, complaints, small talk, hesitation."""

import re

HELP = {
    "sells": "I mean what customers pay you for, like coffee, clothes, haircuts or plumbing. If nothing on the list is close, take 'Something else'.",
    "country": "I mean where your business is registered; a city will do. If it's none of these, tell me 'Somewhere else'.",
    "channel": "Online means that customers pay on a website or by a link; in person means they stand in front of you and tap a card.",
    "volume": "A rough guess will do, like '2k a month' or '300 a day', and you can change it later. Just starting? Take 'Under 1k'.",
    "product": "It's what you'd take payments with, going by what you told me. You can also see the others.",
    "confirm": "I want to have it right before I set anything up. If something is wrong, just say what it should be.",
    "finish": "If you say so I set up your account right away; otherwise a colleague gets in touch first.",
}
ASKS = re.compile(
    r"^\W*((and|but|so|ok|hi|sorry|wait)\W+)*((what|how)(?! about)|why|when|who|which|where|does|do you|are you|can you)\b", re.I
)
UNCLEAR = re.compile(
    r"\b(you mean|u mean|mean by|meaning|explain|don'?t (understand|get it|follow)|confus\w+|huh|difference|for example)\b"
    r"|\bwhat('?s| is| are| does| counts as) (that|this|it|online|in person|both|an? \w+|payment links|checkout|invoices|card reader|terminal)\b"
    r"|\bwhy (do|does|are|should)\b|^\W*(what|why|example|eh)\W*$",
    re.I,
)
VAGUE = re.compile(
    r"\b(not (really )?sure|unsure|no idea|no clue|idk|dunno|don'?t know|depends|varies|hard to say|whatever|all sorts|maybe)\b", re.I
)
CORRECTS = re.compile(
    r"\b(actually|instead|rather|make (it|that)|change|switch|meant|mistake|mistyped|typo|wrong|wait|sorry|oops|correction|should be|no|not|scratch that)\b",
    re.I,
)
OTHERS = re.compile(r"\b(others?|else|another|alternatives?)\b", re.I)
REOPENS = re.compile(r"\b(change|wrong|fix|edit|go back|mistake|redo|start over)\b", re.I)
SLOT_NAMES = {
    "sells": re.compile(r"\b(what (i|we|you) sell|my business|products?|trade)\b", re.I),
    "country": re.compile(r"\b(country|city|location|where (i|we) (am|are))\b", re.I),
    "channel": re.compile(r"\b(channel|how (i|we) sell)\b", re.I),
    "volume": re.compile(r"\b(volume|amount|numbers?|turnover|sales|revenue|monthly)\b", re.I),
}
RETURNS = re.compile(r"\b(i'?m back|back again|where were we|where did we|sorry for the (wait|delay)|still there|pick up where)\b", re.I)
REPEATS = re.compile(r"\balready\b|\b(i|we) (just )?(told|said|gave|answered)\b|\byou (just )?asked\b", re.I)
RUDE = re.compile(
    r"\b(stupid|idiot|useless|dumb|ridiculous|annoying|rubbish|crap|shit|bullshit|fuck\w*|wtf|ffs|hell|shut up|hate|waste of)\b", re.I
)

TALK = [
    (r"\b(fees?|costs?|price|pricing|rates?|charge|expensive|free)\b", "It's 1.4 % + 20 cents a payment and nothing a month."),
    (r"\b(how long|how many (more )?questions|take long|quick)\b", "This takes two minutes."),
    (r"\b(paid out|payout|get my money|money arrive|in my account)\b", "Money arrives the next working day."),
    (r"\b(safe|secure|privacy|gdpr|my data|scam|legit)\b", "We're licensed, and your data is used for your account only."),
    (r"\b(contract|cancel|tied in|commit\w*)\b", "There is no contract; cancel whenever you like."),
    (r"\b(bot|robot|ai|chatgpt|human|real person)\b", "I'm a bot; say 'talk to a person' and you get one."),
    (r"\b(weather|rain\w*|sunny|hot today|cold today)\b", "I only see the weather in the sales figures."),
    (r"\b(football|match|game last night|holiday|weekend|dog|cat|kids?)\b", "I hope it's a good one!"),
    (r"\b(joke|funny|lol|haha)\b", "I'll leave the jokes to you."),
    (r"\bhow are you\b|\bhow'?s it going\b", "Very well, thanks."),
    (r"\b(thanks|thank you|cheers|ta)\b", "You're welcome."),
    (r"^\W*(hi|hello|hey|hiya|good (morning|afternoon|evening))\b", "Hello!"),
]
SMALL_TALK = [(re.compile(pattern, re.I), answer) for pattern, answer in TALK]


def find_small_talk(text: str) -> str:
    """Return a short answer to a common question or remark; empty where there is none."""
    return next((answer for pattern, answer in SMALL_TALK if pattern.search(text)), "")


def split_questions(text: str) -> tuple[str, str]:
    """Return what a message tells and what it asks. Whoever asks what is meant tells nothing, whatever else is mentioned."""
    if UNCLEAR.search(text):
        return "", text
    sentences = re.split(r"(?<=[.!?])\s+|,\s*(?=(?:what|how|why|when|do you)\b)", text)
    asked = [sentence for sentence in sentences if ASKS.search(sentence)]
    return " ".join(sentence for sentence in sentences if sentence not in asked), " ".join(asked)
