"""Two people edit one record: the second to save is told who changed what, and loses nothing.

A change form carries the values it was opened with. Saving locks the record and the rows of its
inlines, compares those values with what the database holds now, and lets the save go on only when
nobody has changed anything that the form would overwrite unseen.
"""
