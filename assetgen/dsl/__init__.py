"""The language: text to a tree with positions, to checked actions, with every problem in its place."""
