"""Floor 5: doors for programs, one file per noun."""
