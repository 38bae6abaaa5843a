"""PostgreSQL and Valkey from wheels, started and stopped with the application."""
