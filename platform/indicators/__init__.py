"""Counters by holder and by place, summed along the tree when read."""
