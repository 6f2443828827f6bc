"""Names of people where a text announces them: introductions, forms of address, signatures.

No pattern finds all names, and these don't try: a name that nothing announces stays.
"""

import re

_UPPER = r"[^\W\d_a-zß-öø-ÿ]"
_WORD = r"[^\W\d_][^\W\d_]*(?:['’-][^\W\d_]+)*"
_PROPER = rf"{_UPPER}[^\W\d_]*(?:['’-][^\W\d_]+)*"
_PARTICLE = r"(?:van|von|der|den|de|da|dos|del|della|di|bin|ibn|al|el|la|le)"
_NEXT = rf"(?:(?:[ ]{_PARTICLE}){{0,2}}[ ](?!I\b){_PROPER})"
_NAME = rf"(?P<value>{_PROPER}{_NEXT}{{0,2}})(?!\w)"
_CLOSING = (
    r"(?:thanks(?: in advance| a lot| so much)?|thank you|thx(?: in advance)?|ta|cheers|regards|best|sincerely|yours(?: \w+)?|love|signed"
    r"|sent by|greetings|kind regards|best wishes|gracias|merci|danke|grüße|obrigad[oa]|saludos|un saludo|cordialement|cordialmente"
    r"|bien à vous|atenciosamente|abraços|grazie|saluti|groetjes|pozdrawiam)"
)
_INTRODUCTION = (
    r"(?:my (?:full )?name(?:['’]?s| is)|name\s*[:=–-]|(?:i am|i['’]?m) called|me llamo|mi nombre es|je m['’]appelle|mein name ist"
    r"|ich heiße|meu nome é|(?:eu )?me chamo|mi chiamo|mijn naam is|nazywam się)"
)
_TITLE = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sr|Sra|Herr|Frau|Herrn|Mme|M|Señora?|Signora?|Senhora?)"
_KIN = (
    r"(?:wife|husband|partner|son|daughter|kid|child|mum|mom|dad|mother|father|brother|sister|friend|boss|colleague|manager|neighbou?r|aunt"
    r"|uncle|grandma|grandpa|girlfriend|boyfriend|roommate|assistant|advisor|doctor|landlord|tenant)"
)
_CONTACT = (
    r"(?:(?:spoke|speak|speaking|talk|talked|talking|chatted|met) (?:with|to)|(?:told|promised|helped|served|contacted) by|agent|rep|named"
    r"|on behalf of)"
)
_ASKED = r"(?:ask|asked|tell|remind|invite|ping|text|email|mail|message|dm|cc|notify|attn[:.]?|c/o)"
_SAYS = (
    r"(?:(?:has |had |just |also )?(?:said|told|asked|wrote|emailed|texted|mentioned|replied|answered|promised|insists|insisted)\b"
    r"|says\b|wants\b|thinks\b|and (?:i|me)\b|or (?:i|me)\b)"
)
_DEPARTMENT = (
    r"(?:accounting|marketing|sales|finance|hr|it|legal|support|payroll|purchasing|reception|logistics|billing"
    r"|the \w+ (?:team|desk|office))"
)
_AFTER = r"(?=\s*(?:$|[,.!(\n-]|(?:from|here|calling|speaking|again|and|at|with|in)\b))"

NAMES: tuple[re.Pattern[str], ...] = (
    re.compile(rf"\b(?i:{_INTRODUCTION})\s+{_NAME}"),
    re.compile(rf"\b(?i:my (?:full )?name(?:['’]?s| is)|name['’]s|(?:i am|i['’]?m) called)\s+(?P<value>{_WORD})"),
    re.compile(rf"\b{_TITLE}\.?(?: (?:and|&|und|y|et) {_TITLE}\.?)?\s{_NAME}"),
    re.compile(rf"\b(?i:this is|(?:i am|i['’]?m)|it['’]?s)\s+{_NAME}{_AFTER}"),
    re.compile(rf"\b(?i:this is)\s+(?P<value>{_WORD}(?: {_WORD})?)(?=\s+(?:calling|speaking)\b)"),
    re.compile(rf"\b(?i:hi|hello|hey|dear|good (?:morning|afternoon|evening)|thanks|thank you)\s+{_NAME}(?=\s*(?:$|[,.!:;\n-]|\w))"),
    re.compile(rf"(?:^|[,.!\n])[ ]*{_NAME}(?= (?:here|from {_DEPARTMENT})\b)"),
    re.compile(rf"\b(?i:soy|ich bin|je suis|c['’]est|sono|ik ben|jestem|aqui é|aqui fala)\s+(?:(?:o|a|die|der)\s+)?{_NAME}{_AFTER}"),
    re.compile(rf"\b(?i:{_ASKED})\s+{_NAME}"),
    re.compile(rf"(?<![\w'’-]){_NAME}(?=\s(?i:{_SAYS}))"),
    re.compile(rf"\b(?i:(?:my|our|his|her|their) {_KIN}|{_CONTACT}),?\s+{_NAME}"),
    re.compile(rf"\b(?i:{_CLOSING})[ ]*[,.!:\n-]+\s*[-–—]?\s*{_NAME}(?=\s*(?:[.,!]?\s*$|\n))"),
    re.compile(rf"\n[ ]*[-–—][ ]*{_NAME}\s*$"),
)
"""Each finds a name in its group `value`, one after what announces it."""

_ORDINARY_WORDS = """
a an the this that these those it its it's he she we you they my your our their his her and or but so if then when while because as than
not no yes yeah yep nope ok okay sure still just also too very really only already again soon now today tomorrow yesterday tonight later
here there where what who why how which in on at to from with by of about into over under after before for near off out up down back home
is are was were be been am do does did have has had can could will would should may might must let please thanks thank sorry hello hi hey
dear mr mrs ms miss mx dr prof herr frau mme sir madam ma'am team support folks guys all everyone everybody anyone someone friend friends
customer customers service services desk
help bank bot chatbot assistant agent manager people bye goodbye cheers regards ps p.s. btw fyi asap lol omg wtf
monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december
bad good great fine well nice happy sad angry mad upset annoyed confused worried tired sick ill busy free late early ready done stuck lost
locked broke broken afraid scared glad fed new old right wrong true false unable able aware alone interested disappointed frustrated
concerned excited surprised urgent ridiculous spam terrible awful horrible unacceptable outrageous important crazy insane stupid weird
strange funny impossible unbelievable perfect awesome wonderful amazing absolutely totally completely definitely probably maybe even
same mine siri alexa google who's what's that's there's here's where's how's let's
misspelt misspelled spelled spelt incorrect missing different changed listed shown correct fake private short long hard easy
english french german spanish italian portuguese dutch chinese japanese indian american british european african canadian australian
london paris berlin madrid rome lisbon york tokyo delhi mumbai france germany spain italy portugal india china japan america europe africa
"""
_NOT_NAMES = frozenset(_ORDINARY_WORDS.split())
_CONTRACTED = re.compile(r"(?:n't|'ve|'ll|'re|'d)$")
_ACRONYM = re.compile(r"[A-Z]{2}")
_ARTICLE = re.compile(r"\b(?:the|an?) $", re.IGNORECASE)
_ENDINGS = re.compile(r"\w{3,}(?:ing|ous|ful|able|ible|less|ally)$")


def is_name(value: str, before: str) -> bool:
    """Tell whether what stands where a name is announced can be one: its first word is no ordinary word, abbreviation or contraction."""
    first = value.split(maxsplit=1)[0].replace("’", "'")
    plain = first.lower()
    ordinary = len(plain) < 2 or plain in _NOT_NAMES or _ENDINGS.match(plain) or _CONTRACTED.search(plain) or plain.startswith("i'")
    return not (ordinary or value.isupper() or _ACRONYM.search(first) or _ARTICLE.search(before))


__all__ = ["NAMES", "is_name"]
