"""The tree of tenants, their offices, the people who work there, and how they sign in."""
