"""Fictitious cases: light ones by the million, and a few hundred with their whole history."""
