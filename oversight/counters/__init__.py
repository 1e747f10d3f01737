"""Counters of the boards: kept by the database in the transaction of their cause, equal to a full recount at any moment.

Why by the database, and why as an account of changes that is folded later: `docs/decisions/0006-counters-are-an-account.md`.
"""
