"""Races: two people act at once on the same thing, a thousand times; and many on many things for minutes."""
