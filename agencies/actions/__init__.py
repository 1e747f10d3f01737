"""The acts on the directory, a file a verb.

Each takes keywords only, the `Actor` and `now`, does everything in one transaction and appends one line to the record. The
refusals are those of `agencies.refusals`.
"""
