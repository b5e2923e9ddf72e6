"""The index: what lists and searches need, in SQLite, derived from git and never the truth.

The only user of sqlite3. It lies in the git directory and can be deleted at any time.
"""
