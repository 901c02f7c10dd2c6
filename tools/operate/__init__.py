"""What the operators' commands in tools/ are made of. Python's standard library only."""
