"""The controlled world: a scheduler, tasks on greenlets, controlled `threading`, virtual time.

`takeover` puts it in the place of the real one, and `hooks` is what the rewritten code calls.
"""
