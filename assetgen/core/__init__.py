"""The words of the house: frozen values, errors and ports. Standard library only."""
