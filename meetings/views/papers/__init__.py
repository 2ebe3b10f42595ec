"""The workroom for papers: put up, looked over, replaced, edited, put in order, withdrawn."""
