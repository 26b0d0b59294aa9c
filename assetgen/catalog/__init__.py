"""Facts as data, each with its source and the date it was checked."""
