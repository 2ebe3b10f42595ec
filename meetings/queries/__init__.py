from meetings.queries.readers import reader_of, seats_held

__all__ = ["reader_of", "seats_held"]
