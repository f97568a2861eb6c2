"""``python -m fieldapp`` and the ``fieldapp`` command."""

import multiprocessing


def main() -> None:
    """Run the program with the process's arguments."""
    multiprocessing.freeze_support()  # in the frozen program, head office's workers begin here too
    from fieldapp.app import main as run  # after that: a worker needs little of it

    run()


if __name__ == "__main__":
    main()
