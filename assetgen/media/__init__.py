"""Facts about bytes: pictures, sound and captions."""
