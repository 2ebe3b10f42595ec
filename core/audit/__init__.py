"""The audit trail: who changed what, when, from what to what.

`record` writes a business act, `acting` says on whose behalf the writes inside it happen, `audited`
puts the triggers on a model that record its field changes.
"""
