"""Closed classes of English words, in lower case, by which requests are read."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


REQUEST_VERBS = _words("""
accept access activate add adjust advise alert analyze announce answer apply approve archive arrange ask assign attach authorize avoid
backup bake block boil book borrow bring brew brighten browse build buy calculate call cancel capture cast change charge chat check
choose claim clean clear close collect combine come compare complain complete compose confirm connect consider contact continue convert
cook copy correct count create cut deactivate debug decide decline decrease define delay delete deliver deny deposit describe detail
determine dial dim disable discard disconnect discover discuss dispute display divide do download draft draw drive drop edit eject email
enable end enroll enter estimate exchange exit explain explore export extend fetch figure file fill filter find finish fix flip fly
follow forget forward freeze gather generate get give go google grab guess handle hear help hide highlight hold hurry identify ignore
import improve include increase inform insert inspect install invite issue join jot jump keep kill launch learn leave lend let list
listen load locate lock log look lower mail make manage map mark measure meet mention merge message move multiply mute name navigate
note notify obtain offer open operate order organize outline pack page pair park pause pay pick pin place plan play plot point post
postpone pour prepare preheat prepay present press prevent print prioritize proceed process program provide publish pull purchase push
put raise rate reach react read reactivate rearrange rebook recall receive recharge recite recommend record recover redeem redo reduce
refer refill refresh refund refuse register reject release reload remember remind remove rename renew rent reopen reorder repair repeat
replace reply report request reschedule resend reserve reset resolve respond restart restore resume retrieve return reverse review ring
roll rotate run save say scan schedule search secure see select sell send separate set setup share shift ship shop show shuffle shut sign
silence simplify sing skip slow snooze solve sort speak spell spin split start state stop store stream submit subscribe subtract suggest
sum summarize summarise support suspend swap switch sync synchronize take talk teach tell terminate test text thank think toggle top
touch trace track trade train transfer translate troubleshoot try turn tweet type unblock undo unfreeze uninstall unlink unlock unmute
unpause unsubscribe update upgrade upload use vacuum validate verify view visit wait wake walk want warm warn wash watch whip whisper
wipe withdraw work wrap write
""")
"""Base forms of verbs that commonly open a request."""

ALSO_NOUNS = _words("""
access alert answer backup block book call cash cast change charge chat check claim cook count delay deposit detail dial dispute
download draft drive drop email end exchange exit export file filter fly freeze google guess help hold import issue joke list load lock
look mail map mark message name note offer order page park pause pay pin place plan play plot point post present print process program
pull purchase rate record recall refund rent repair repeat reply report request reserve reset return review ring run scan schedule
search shift ship shop show shuffle sign state stop store stream support swap switch talk tell test text thank top touch track trade train
transfer try turn tweet type update upgrade upload use vacuum view visit wait walk want warm wash watch work wrap
""")
"""Request verbs that are as often a noun; they open a request only before one of `OBJECT_STARTS`."""

OBJECT_STARTS = _words("""
a an the my our your his her their its this that these those all any every each some another me us him them it what how when where which
who whether if up out off on in down back away over through to for with about from two three four five six seven eight nine ten more new
""")
"""Words that show, right after a first word that may be verb or noun (`book`, `charge`), that it is the verb."""

LIGHT_VERBS = _words("be do have")
"""Base forms that open requests but are auxiliaries before a pronoun."""

DETERMINERS = _words("a an the my our your his her their some any this that these those")
"""Words that terse writing leaves out before a noun."""

ERRAND_VERBS = _words("""
activate add block book buy cancel change close create deactivate delete disable enable extend file find freeze get increase lower
modify move open order pay postpone print purchase raise redeem reduce remove renew replace reschedule reserve reset return schedule send
set submit switch transfer turn unblock unfreeze unlock update upgrade withdraw
""")
"""Verbs of errands: who says that they want to do one asks the same as who asks the app to do it."""

VERB_MARKERS = _words("to can't cannot can could would should must not don't didn't won't please and i you we they let's")
"""After these a word that may be noun or verb is a verb in base form."""

VERBAL_MARKERS = _words("""
was were is are am be been being got get gets wasn't weren't isn't aren't have has had haven't hasn't i've we've i you we they he she it who
just never already not recently
""")
"""After these a word in -ed is a verb, not an adjective before a noun."""

QUESTION_WORDS = _words("what what's whats where where's wheres when when's who who's whos which why how how's hows whose whom")
"""Words that open a question."""

AUXILIARIES = _words("""
is are am was were do does did can could will would should may might shall have has had isn't aren't don't doesn't didn't can't won't
""")
"""Verbs that open a yes-or-no question."""

SUBJECTS = _words("""
i i'm i've i'd i'll im ive my the this that these those there it it's its we we're our they their he she someone somebody a an
""")
"""Words that open a statement."""

PARTICLES = _words("""
it them me him her us you in out up off down on over back into to for with from if how when what where why who whether at about by
through away around as
""")
"""After these a verb is part of a larger expression, or a phrasal verb would need its parts moved."""

STYLE_WORDS = _words("""
hi hello hey there good morning afternoon evening ok okay so um uh well right yo please pls plz thanks thx thank you ty very much a lot
many in advance cheers sorry to bother excuse me again quick question team everyone all dear folks guys sir madam kindly just also and
oh but hiya howdy greetings appreciated appreciate it bye regards best kind
""")
"""Words of which greetings and closings consist; a stretch of an authored text that has no other word is style, not content."""

OPTIONAL_WORDS = _words("please just really actually basically currently simply kindly maybe perhaps quickly literally pls plz")
"""Words that can be left out."""

OPENING_WORDS = _words("need want any not if in on at for to")
"""Further words that are no names when they stand first."""

__all__ = [
    "ALSO_NOUNS",
    "AUXILIARIES",
    "DETERMINERS",
    "ERRAND_VERBS",
    "LIGHT_VERBS",
    "OBJECT_STARTS",
    "OPENING_WORDS",
    "OPTIONAL_WORDS",
    "PARTICLES",
    "QUESTION_WORDS",
    "REQUEST_VERBS",
    "STYLE_WORDS",
    "SUBJECTS",
    "VERBAL_MARKERS",
    "VERB_MARKERS",
]
