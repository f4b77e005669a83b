"""A news monitor: Kazakhstan's relations with other countries, as its press tells them.

Nothing is imported here, so that the command line starts fast.
"""

__version__ = "0.1.0"
