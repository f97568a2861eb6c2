"""The parts of the page Application: what is typed, its steps, the live figures beside it, the preview of the paper."""
