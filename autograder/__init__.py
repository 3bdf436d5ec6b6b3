"""An autograder for notebooks in which student code only ever produces values."""
