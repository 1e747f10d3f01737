"""The JSON API: the same acts as the pages, drawn from the same catalog."""
