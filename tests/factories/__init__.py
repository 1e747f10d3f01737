"""Making what tests need: people, agencies and their history, by the product's own acts."""
