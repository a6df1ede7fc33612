from tests.channels.shell.conftest import sign_in, title  # noqa: F401
from tests.services.registration.conftest import (  # noqa: F401
    archive,
    evidence,
    place,
    registration,
    stock,
    worker,
)
