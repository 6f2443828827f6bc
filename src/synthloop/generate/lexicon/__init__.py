"""Hand-written English: synonyms, frames and the verbs that open a request."""
