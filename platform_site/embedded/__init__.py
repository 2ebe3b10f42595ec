"""Servers that `make run` and the tests bring themselves. Nothing in here knows Django."""
