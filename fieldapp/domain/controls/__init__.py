"""The bank's controls on an application as rules, one family a module (DOMAIN E). Pure: no clock, no store.

What refuses returns an ``Invalid``; what only warns returns ``Alert`` records, which go to those who decide.
"""
