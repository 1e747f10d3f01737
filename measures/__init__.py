"""What was ordered: plan documents, the reading of them, measures, responsibilities, targets."""
