"""The document corpus: texts in the manner of real plans, each with a hand-made reading."""
