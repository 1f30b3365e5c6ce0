"""Site files of the demo websites; told where the sites run: `-a base=http://127.0.0.2:40001`."""
