"""Free words to the codes of a national code table: the tables as trees, and a small classifier trained on this machine."""
