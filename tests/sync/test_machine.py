"""Random work on several clones, with syncs in any order, crashes and clocks days apart.

At the end all sync until quiet: then all have the same, which is valid, and nothing that was
committed anywhere is missing or there twice. What fails is made as small as it goes, and printed.
"""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sync.machine import Clones

pytestmark = pytest.mark.long

# More in `make test-long`. Of a failing run, CONTRIBUTING.md says how to repeat it.
RUNS = int(os.environ.get("TIX_SYNC_RUNS", "3"))
STEPS = int(os.environ.get("TIX_SYNC_STEPS", "25"))
EXAMPLES = 5
CI = bool(os.environ.get("CI"))
SEED = int(os.environ.get("TIX_SYNC_SEED", "0" if CI else random.SystemRandom().randrange(1 << 32)))
HARD_WORK = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    print_blob=True,
    # Each step is a process or more, and much is drawn: that is what it is for. Where a kill
    # hits is chance, so hypothesis may call a failure flaky; it is shown all the same.
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("run", range(RUNS))
def test_nothing_is_lost_and_all_agree(run, staffed, tmp_path, on_path):
    print(f"TIX_SYNC_SEED={SEED + run} TIX_SYNC_RUNS=1 TIX_SYNC_STEPS={STEPS}")
    for word in ("one", "other"):
        staffed.ok("new", word, "-m", word, "--from", "jan@example.com")
    machine = seed(SEED + run)(lambda: Clones(staffed, tmp_path))
    run_state_machine_as_test(machine, settings=HARD_WORK)
