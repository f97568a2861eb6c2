"""The laptop's side of the exchange with head office: changes, receipts, photos, retry. Runs without a screen."""
