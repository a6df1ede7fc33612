from tests.channels.shell.conftest import clerk, district, sign_in, title  # noqa: F401
