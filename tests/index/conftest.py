"""The desk of the store's tests."""

from tests.store.conftest import name, names, quick, template

__all__ = ["name", "names", "quick", "template"]
