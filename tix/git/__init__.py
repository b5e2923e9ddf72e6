"""Git: the only package that talks to it.

Commands are run with an environment and settings of tix's own, so that the user's configuration
and the variables that git sets inside hooks change nothing.
"""
