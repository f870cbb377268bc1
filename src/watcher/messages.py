"""How an alert and a digest read, before any transport formats them."""
