"""Doors for people: server-rendered pages."""
