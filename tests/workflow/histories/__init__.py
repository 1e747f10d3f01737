"""Random histories: people of every role act on tasks, days pass, agencies are reorganised; the rules hold after every step."""
