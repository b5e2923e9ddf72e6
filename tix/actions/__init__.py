"""What can be done to a ticket: pure functions from a ticket to what it becomes.

Each returns an `Outcome`: the ticket with its new timeline line, and the files that come with
it. They raise Refused, Conflict and Unknown; then nothing has happened.
"""
