"""The secretariat's member list: in from Excel or CSV, compared, written at once; and out again.

Low to high: errors, columns, files, reading, cells, entries, stock, people, matching, plan,
models, choosing, apply, export, jobs, refused, preview. Nothing is written before a person has seen
what would change.
"""
