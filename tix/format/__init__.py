"""Format 1: the text of a desk's files and the values of `tix.model`, in both directions.

Printing and parsing are exact inverses; a malformed file is a `Problem`. The specification is
docs/format.md.
"""

VERSION = 1
