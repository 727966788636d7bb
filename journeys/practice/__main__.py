"""The practice agency in a process of its own, for as long as whoever started it holds its standard input."""

import argparse
import sys

from journeys.practice.serve import serve_until_left

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--port", type=int, default=0)
serve_until_left(parser.parse_args().port, sys.stdin, sys.stdout)
