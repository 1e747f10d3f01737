"""Pages of the work itself: a task and what can be done to it, reports, the lists of what is owed and what was done."""
