"""Play the two-person engine for 50,000 steps: `python -m tests.db.long_approvals [steps]`."""

import sys
import time
from collections import Counter

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.db.administrators_machine import AdministratorsMachine

STEPS_EACH = 100
GAMES_AT_ONCE = 50
"""Fewer would be mostly the simplest games there are."""


def main(steps: int) -> None:
    """Play until at least so many steps were taken; a step that breaks a promise stops with an error."""
    taken = games = returned = 0
    approved: Counter[str] = Counter()

    class Counting(AdministratorsMachine):
        def teardown(self) -> None:
            nonlocal taken, games, returned
            taken += self.played
            returned += self.returned
            approved.update(decision.kind.value for decision in self.decisions.values())
            games += 1
            super().teardown()

    began = time.monotonic()
    while taken < steps:
        run_state_machine_as_test(
            Counting,
            settings=settings(
                max_examples=GAMES_AT_ONCE,
                stateful_step_count=STEPS_EACH,
                deadline=None,
                database=None,
                derandomize=False,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )
        sys.stdout.write(
            f"{taken} steps, {games} games, {approved.total()} approvals {dict(approved)}, "
            f"{returned} came back, {time.monotonic() - began:.0f} s\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
