"""The PDF pack: records in, bytes out. The same values give the same bytes, in any process, on any day."""
