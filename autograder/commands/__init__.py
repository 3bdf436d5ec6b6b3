"""What each command of `autograder` does, grouped by who uses it."""
