"""Formats of learning platforms and other programs that take marks: one file each."""
