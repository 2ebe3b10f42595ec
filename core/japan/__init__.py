"""Japanese dates, letters, codes and tables: pure functions, no Django, no noun of any app.

Names are stored as they were typed. Everything here that rewrites text makes a key to search,
sort or compare by, or a cleaned form of a code; it never makes a name to be stored.
"""
