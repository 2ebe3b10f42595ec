"""Handing envelopes over to the mail server, each at most once without a person's word.

`claim` takes rows, `letter` makes bytes of them, `line` speaks SMTP and always knows its phase,
`ledger` writes down what is about to happen and what has happened, `round` joins the four.
See docs/adr/0002-outbox.md.
"""
