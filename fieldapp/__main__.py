"""``python -m fieldapp`` and the ``fieldapp`` command."""

import multiprocessing

from fieldapp.app import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # in the frozen program, head office's workers begin here too
    main()
