from meetings.queries.readers import reader_of

__all__ = ["reader_of"]
