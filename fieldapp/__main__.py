"""``python -m fieldapp`` and the ``fieldapp`` command."""

from fieldapp.app import main

if __name__ == "__main__":
    main()
