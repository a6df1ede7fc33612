"""外部数据: files of other bodies, in and out."""
