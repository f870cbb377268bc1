"""HTML to its title, date and main text."""
