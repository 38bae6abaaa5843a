"""专调小组: one team per case, its plan and its number, and the work it does."""
