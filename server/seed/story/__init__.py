"""The whole history of a fictitious case: the rows that the real verbs would have written, step by step."""
