"""One module a verb: a function `run`, or a group `app` where there are further verbs below it."""
