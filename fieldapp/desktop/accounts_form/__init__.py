"""The parts of the page on which a customer's accounts are rebuilt."""
