"""Who was let in beside the rules of place: lending, asking, withdrawing; and who looked."""
