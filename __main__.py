"""`python -m columncast` is the command `columncast`."""

from columncast.cli import main

main()
