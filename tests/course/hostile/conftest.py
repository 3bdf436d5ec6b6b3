"""The victim's tests are the grader's, not ours."""

collect_ignore = ["victim"]
