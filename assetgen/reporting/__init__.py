"""Functions of events and results: one file per report."""
