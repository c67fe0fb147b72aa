"""Controlled versions of what `threading` offers, one file each.

A primitive used outside an execution, or by another OS thread, behaves as the original does.
"""
