"""The implementation of the operators' commands in tools/. Python's standard library only."""
