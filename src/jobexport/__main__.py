"""`python -m jobexport`, the same as the command `jobexport`."""

from jobexport.cli import main

if __name__ == "__main__":
    main()
