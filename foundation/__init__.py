"""Floor 1: what every room stands on: settings, store, clock, errors, audit, files, jobs, embedded servers."""
