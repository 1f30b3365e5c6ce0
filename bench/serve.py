"""`python -m bench.serve FOLDER`: the real server on a free port, for benchmarks."""

import sys

from crawler.cli.serve import command

if __name__ == "__main__":
    command(["--data", sys.argv[1], "--port", "0"])
