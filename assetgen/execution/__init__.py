"""The run: scheduling, producing, publishing."""
