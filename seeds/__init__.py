"""The sample plan, the directory of Guangdong agencies, the demonstration story."""
