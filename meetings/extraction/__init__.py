"""The text of a file, read by a program of its own, which may be slow, greedy or crash."""

from meetings.extraction.outside import Extract, Piece, extract

__all__ = ["Extract", "Piece", "extract"]
