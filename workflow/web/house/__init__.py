"""What holds for the whole house: its ladder and its working days."""
