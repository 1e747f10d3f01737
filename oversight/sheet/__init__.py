"""The ledger as a sheet that goes out to be edited and comes back: its columns, writing it, reading it, and acting on what changed."""
