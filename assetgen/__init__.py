"""Generate the pictures, narration and cutscenes of a game from one file."""

__version__ = "0.1.0"
