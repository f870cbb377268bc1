"""What an entry reports: facts, event types, stages, with the words that prove it."""
