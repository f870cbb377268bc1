"""Words of Russian and English: tokens with their places, and all the lemmas a word may have."""
