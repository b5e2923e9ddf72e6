"""Telling agents of what concerns them."""
