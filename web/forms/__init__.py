"""A page's form made from a msgspec struct: what to show, what was typed, what it means."""
