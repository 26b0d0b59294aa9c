"""The journal of attempts and the wall of the budget."""
