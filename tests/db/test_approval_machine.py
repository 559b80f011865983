"""The two-person engine under random play; `python -m tests.db.long_approvals` plays 50,000 steps."""

from hypothesis import HealthCheck, settings

from tests.db.administrators_machine import AdministratorsMachine

AdministratorsMachine.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
TestApprovals = AdministratorsMachine.TestCase
