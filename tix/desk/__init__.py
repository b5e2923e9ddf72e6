"""The desk: settings, store and index as one object, and changes to it."""

from tix.desk.desk import Desk

__all__ = ["Desk"]
