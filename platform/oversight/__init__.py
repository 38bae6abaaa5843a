"""Supervision orders and warnings: objects of their own, never a change of the case."""
