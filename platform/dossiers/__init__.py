"""Evidence, agreements and their signatures, what follows them, and the archive."""
