"""The eight steps: one file for each, the names are the rules; driven through the API and the pages."""
