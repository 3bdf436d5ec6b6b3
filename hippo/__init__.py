"""Models of the hippocampus and associative memory, written to be read."""
