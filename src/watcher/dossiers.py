"""What is known of one cluster, quota or act over time, and what in a new entry is new against it."""
