"""The parts every page is made of, built once. Each takes ``Words`` for its texts and its sizes from the look."""
