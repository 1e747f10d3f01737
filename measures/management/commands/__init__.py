"""Commands of the measures app."""
