"""Where finished files go."""
