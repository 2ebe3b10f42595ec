"""The page of mails that the local mail server kept. Mounted in local mode only."""
