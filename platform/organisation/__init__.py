"""The verbs on the tree, its offices, people and posts, and the dictionaries that belong to nobody else."""
