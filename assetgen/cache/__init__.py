"""What was bought, by content: blobs and sidecars are the truth, the index a hint."""
