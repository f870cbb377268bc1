"""Telegram as an interface: conversation is pure, telegram speaks."""
