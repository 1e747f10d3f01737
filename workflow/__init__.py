"""Doing: tasks, assignments, reports, sign-off, deadlines, the ladder, permissions, actions."""
