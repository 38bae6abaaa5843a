"""专调小组: one team per case, its plan and number, its work, its proposal and the agreement it reaches."""
