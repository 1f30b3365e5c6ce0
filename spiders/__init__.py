"""One short file a website: what to visit, how to read it. Nothing else."""
