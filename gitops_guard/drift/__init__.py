"""Rendered against live: what Git states and what a cluster holds go in, what differs and who wrote it comes out.

Pure: no cluster, no clock, no file. The rules of the comparison are the API server's own (defaulting, the keys of lists,
quantities), read from its schemas; who wrote a field is what managedFields say.
"""
