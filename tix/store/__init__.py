"""The store: a desk's files at a commit, and commits out of changes.

Reading works on git objects alone; writing makes commits that are all or nothing, whatever
happens on the way.
"""
