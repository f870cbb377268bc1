"""The query language, rules, and the matching of all rules at once."""
