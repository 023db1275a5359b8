"""python -m collector"""

from .cli import main

main()
