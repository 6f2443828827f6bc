"""Words and phrases that can stand for each other.

Every line is one group; within it each entry can replace each other entry. `>` makes a line one-way: what stands before it can be
replaced by what stands after it, not the other way round, because the replacement is broader or has other readings.
"""

_VERBS = """
cancel > call off, drop, scrap, get rid of
reschedule > move, rebook, push, shift
postpone > push back, delay, put off
schedule, set up, arrange, plan, organize
book, reserve
create, make, set up
add > put, include, put in
remove, delete, take off, take out, get rid of
erase > delete, wipe, clear, get rid of
buy, purchase, get
order > get, buy
find, locate, look up, search for, look for
search for, look for, find
look up, search for, find, check
check, look at, verify, confirm
show me, display, pull up, bring up, let me see
show > display, pull up, bring up
list > show, show me, give me, name
give me, get me, show me
explain > describe, walk me through, tell me
describe > explain, tell me about
change, update, modify, edit, switch
update > change, edit, modify, refresh
modify > change, edit, update
increase, raise, bump up, boost
raise > increase, put up, bump up
decrease, lower, reduce, cut, bring down
reduce > lower, cut, bring down
turn on, switch on, put on
turn off, switch off, shut off
turn up > crank up, raise, increase
turn down > lower, reduce, decrease
play > put on, start, start playing
start, begin, launch, kick off
stop, end, quit
pause > stop, hold
resume > continue, go on with, carry on with
repeat > say again, play again
open, launch, pull up
close, shut
send, shoot over, forward
forward > send on, pass on
reply to, respond to, answer, write back to
email, send an email to, write an email to, send a mail to
call, phone, ring, give a call to
text, message, send a text to, send a message to
contact, reach, get in touch with, get hold of
remind me, give me a reminder, set a reminder for me
wake me up, get me up
summarize, sum up, recap, give me a summary of, give me the gist of
summarise, sum up, recap, give me a summary of
translate > convert, put
convert > change, turn
calculate, compute, work out, figure out
transfer > move, send, wire
move > transfer, shift
deposit > put, pay in
withdraw, take out, get out
pay, settle, pay off, take care of
refund > pay back, give back, return
return > send back, give back, bring back
get > receive, obtain
receive, get
activate, turn on, enable, switch on
enable, activate, turn on
deactivate, disable, turn off
disable, turn off, deactivate
block > freeze, lock, disable
freeze > block, lock
unblock, unlock, unfreeze
reset > change, redo
replace > swap, swap out, exchange
exchange > swap, convert, change
report > flag, notify you about, let you know about
request, ask for, apply for
apply for, request, sign up for
sign up for, register for, enroll in
join > sign up for, get into
verify, confirm, validate
confirm > verify, double check
top up, reload, add money to, refill
track, follow, keep track of
recommend, suggest
suggest > recommend, propose, come up with
fix, repair, sort out, resolve
resolve > fix, sort out, solve
save, store, keep
download, get
share > send, show
upload > put up, add, submit
write > compose, draft, put together
read > read out, read me
turn > switch
make > create, prepare, put together
cook, make, prepare
visit, go to, see, travel to
travel to, go to, visit
rent, hire
spell > spell out
define > explain, give the definition of
know > find out, learn
find out, learn, know
learn > find out
see, view, look at, check
view, see, look at
choose, pick, select
pick > choose, select
speak to, talk to, speak with, chat with
talk to, speak to, speak with
mark > flag, set
fill out > complete, fill in
submit > send in, hand in, file
file > submit, put in
renew > extend
extend > prolong, lengthen
skip > jump over, pass over
mute > silence, turn the sound off on
dim > lower, turn down
brighten > turn up
clean > clean up, vacuum
lock > lock up, secure
ask > check with
schedule > pencil in
dispute > contest, challenge
close > shut down, cancel
"""

_WORDS = """
as soon as possible > asap, right away, immediately, quickly
right now, at the moment, currently, at present
immediately, right away, straight away, at once
a lot of, lots of, plenty of, loads of
phone > cell phone, mobile phone
cell phone, mobile, mobile phone
smartphone > phone, cell phone
movie, film
movies, films
song, track, tune
songs, tracks, tunes
photo, picture, pic
photos, pictures, pics
flight > plane ticket
vacation, holiday, trip
car > vehicle, auto
cab, taxi
couch > sofa
grocery list > shopping list
shopping list, grocery list
groceries > food
to do list, todo list, list of things to do
meeting room, conference room
calendar > schedule, diary
appointment > slot
email, e-mail
emails, e-mails, mails
inbox > mailbox
document, doc
documents, docs
spreadsheet > sheet
slides > slide deck, presentation
notes > write-up
summary, recap, overview
main points, key points, key takeaways, highlights
action items, to-dos, follow-ups, next steps
colleague, coworker, teammate
colleagues, coworkers, teammates
boss > manager, supervisor
employee > staff member, worker
customer service, customer support, support
representative > agent, rep
restaurant > place to eat, diner
cheap, inexpensive, affordable
expensive > pricey, costly
costs > charges
fees > charges
money > cash, funds
funds > money
bill > invoice
bills > invoices
payment > transaction
transaction > payment
transactions > payments
credit card > card
debit card > card, bank card
bank card > card, debit card
pin > pin code, pin number
pin number, pin code, pin
passcode > code, password
password > passcode
balance > account balance
account balance, balance
bank account > account
salary, paycheck, wages, pay
paycheck > salary, wages
direct deposit > salary payment
interest rate > rate
credit score, credit rating
credit limit, spending limit
atm, cash machine, cashpoint
exchange rate, conversion rate, rate of exchange
foreign > other, overseas
abroad, overseas
identity > id
identification > id
delivery > shipping, shipment
shipping, delivery
package, parcel
order status > status of my order
luggage, baggage, bags
trip, journey
visa requirements > visa rules
insurance policy > insurance
health insurance > medical insurance
medicine, medication
doctor > physician
timer > countdown
volume > sound level, loudness
tv, television
thermostat > heating control
temperature > temp
weather forecast, forecast, weather report
news > headlines, latest news
headlines, top stories
joke > funny story
fun fact > interesting fact
meaning > definition
meaning of, definition of
instructions > directions, steps
directions > the route
recipe > cooking instructions
calories > calorie count
tire > tyre
gas, fuel, petrol
mileage > miles
big, large
huge > very big, enormous
small, little
quickly > fast
slow > sluggish
broken > busted
isn't working, doesn't work, is not working, won't work
not working > out of order
doesn't work, isn't working, won't work
wrong, incorrect
error > mistake, problem
mistake > error
problem, issue, trouble
problems, issues
issue, problem
stolen > taken
lost > misplaced
declined, rejected, refused
rejected > turned down
denied > declined, turned down
canceled, cancelled
didn't go through, failed
charged, billed
charged twice, double charged, billed twice
deducted > taken, subtracted
received > got
haven't received, did not get, still don't have, have not received
hasn't arrived, didn't arrive, has not come, isn't here
have not, haven't
has not, hasn't
cannot, can't, can not
unable to > not able to
refund > money back
recently, lately, not long ago
tonight > this evening
this evening, tonight
nearby, close by, around here, near me
near me, nearby, around here, close to me
nearest, closest
closest, nearest
daily, every day
every day, daily, each day
every week, weekly, each week
weekly > every week
monthly > every month
a couple of > a few, some
several > a few, some
multiple > several, more than one
amount > sum
entire > whole
whole > entire
additional, extra, more
extra, additional
another > one more, a different
different > other
maybe, perhaps
regarding > about, concerning
details > information, info
information, info, details
info > information
someone, somebody
anyone, anybody
everyone, everybody
kid, child
kids, children
mom, mother, mum
dad, father
deadline, due date
due date > deadline
birthday > bday
podcast > show
radio station > station
playlist > list of songs
artist, musician, performer
cinema, movie theater
shop > store
stores > shops
supermarket > grocery store
website, site, web page
app > application
wifi, wi-fi, wireless
internet > web
laptop > computer
computer > machine, pc
screen > display
device > gadget
settings > options
each > every
finish > complete
latest, most recent, newest
previous, last, prior
approximately > about, roughly, around
how many > what number of
how long > how much time
how often > how frequently
what kind of, what type of, what sort of
which > what
is it okay, is it alright, is it ok
"""


def _read(lines: str) -> dict[str, tuple[str, ...]]:
    swaps: dict[str, list[str]] = {}
    for line in filter(None, lines.splitlines()):
        left, arrow, right = line.partition(" > ")
        before, after = left.split(", "), right.split(", ") if arrow else left.split(", ")
        for phrase in before:
            swaps.setdefault(phrase, []).extend(other for other in after if other != phrase)
    return {phrase.lower(): tuple(dict.fromkeys(others)) for phrase, others in swaps.items()}


VERB_SYNONYMS = _read(_VERBS)
"""Verb -> what may replace it where it opens a request; base forms."""

WORD_SYNONYMS = _read(_WORDS)
"""Word or phrase -> what may replace it anywhere."""

__all__ = ["VERB_SYNONYMS", "WORD_SYNONYMS"]
