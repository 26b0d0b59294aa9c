"""One file per type of asset: what to ask for, what to accept, what to make of it."""
