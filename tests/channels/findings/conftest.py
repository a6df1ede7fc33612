from tests.channels.shell.conftest import sign_in, title  # noqa: F401
from tests.services.support_finding.conftest import world  # noqa: F401
