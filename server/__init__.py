"""Floor 6: the composition root: application, command line, worker, supervisor."""
