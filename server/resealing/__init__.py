"""Bringing what is sealed under the current key and suite, while the application runs.

A ciphertext names its key, so the work left is always what the database and the file store show: a run that was killed
goes on where it stopped, and two at once do no harm.
"""
