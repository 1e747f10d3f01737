"""Starts what the suite talks to (PostgreSQL, Redis, Chromium, private to the run), runs it, and stops everything again."""
