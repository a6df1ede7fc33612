"""保存的条件: what somebody looks for again and again, kept by name; for labourers the night says what is new."""
