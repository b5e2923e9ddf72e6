"""Merging two versions of a desk's files by what they mean."""
