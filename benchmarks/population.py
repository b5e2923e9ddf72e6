"""Which tickets a desk has, and in what state they are left: the same for each size.

The desk is as a desk is that has run for three years: nearly all old tickets are solved or closed,
and what is open is among the newest. By Little's law the number of open tickets is the daily load
times the time a ticket stays open; it does not grow with the desk's age. What one agent has open is
what one person can carry: a larger desk has more agents, not fuller plates. So `assignee:me` names
the same number at every size, and what remains to be seen in its time is the size of the desk.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from benchmarks.generate import START, YEARS, Thread, turns

ME = "ann"
MINE = 10
RARE = 20
END = START + YEARS
# Half of the newest tickets are open until the desk has nearly all its open ones; a tenth are old.
OPEN_AMONG_NEWEST = 0.5
LATE = 0.1
SMALLEST = 60


@dataclass(frozen=True)
class Population:
    """A desk's tickets, by number from 0, oldest first."""

    tickets: int

    @property
    def stages(self) -> int:
        """How many times mail is imported and work is done: each month where there is enough."""
        return min(36, max(3, self.tickets // 100))

    @cached_property
    def agents(self) -> list[str]:
        """Who works the desk: 3 agents at 100 tickets, 30 at 100,000."""
        count = max(2, round(3 * (self.tickets / 100) ** (1 / 3)))
        return [ME, *(f"agent{number}" for number in range(2, count + 1))]

    @cached_property
    def open(self) -> list[int]:
        """The tickets that are not finished: 20 of 100, 126 of 10,000, 317 of 100,000."""
        draw = random.Random(f"open {self.tickets}")
        wanted = max(20, round(20 * (self.tickets / 100) ** 0.4))
        late = round(wanted * LATE)
        newest = iter(range(self.tickets - 1, -1, -1))
        chosen: list[int] = []
        while len(chosen) < wanted - late:
            number = next(newest)
            chosen += [number] if draw.random() < OPEN_AMONG_NEWEST else []
        older = range(chosen[-1] // 2, chosen[-1])
        return [*chosen, *draw.sample(older, min(late, len(older)))]

    @cached_property
    def mine(self) -> list[int]:
        """My own open tickets: ten, at every size."""
        return self.open[: 2 * MINE : 2]

    @cached_property
    def pending(self) -> list[int]:
        """Those that wait for the requester."""
        return [one for one in self.open if one not in self.mine][3::5]

    @cached_property
    def rare(self) -> set[int]:
        """The twenty tickets that hold a word that no other has."""
        step = max(1, self.tickets // RARE)
        return set(range(0, self.tickets, step)[:RARE])

    def start(self, number: int) -> datetime:
        """Return when a ticket came in."""
        return START + YEARS * number / self.tickets

    def stage(self, turn: int) -> range:
        """Return the tickets that come in during a stage."""
        count = self.tickets
        return range(turn * count // self.stages, (turn + 1) * count // self.stages)

    def stage_end(self, turn: int) -> datetime:
        """Return when a stage's work is done: when all its mails are there."""
        return START + YEARS * (turn + 1) / self.stages + timedelta(days=4)

    def thread(self, number: int) -> Thread:
        """Return what the generator is asked for."""
        return Thread(number, self.start(number), self._agent(number), number in self.rare)

    def _agent(self, number: int) -> str:
        if number in self.mine:
            return ME
        others = self.agents[1:] if number in self.open else self.agents
        return others[number % len(others)]

    def unanswered(self, number: int) -> bool:
        """Tell whether a thread has no answer of an agent's, so that it is nobody's yet."""
        return turns(number) == 1

    def closed(self, number: int) -> bool:
        """Tell whether a finished ticket ends closed, as four of five do; the others are solved."""
        return number % 5 != 0

    def near(self, share: float, length: int = 4) -> int:
        """Return the finished ticket with so many entries next to a place in the desk's life."""
        start = int(self.tickets * share)
        order = sorted(range(self.tickets), key=lambda number: abs(number - start))
        return next(one for one in order if turns(one) == length and one not in self.open)
