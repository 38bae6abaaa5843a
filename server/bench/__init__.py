"""Measurements: what `tiaojie bench` and `make bench` run. Each file measures one thing; none is a test."""
