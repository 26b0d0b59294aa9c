"""One file per service."""
