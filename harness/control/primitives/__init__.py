"""Controlled locks, conditions, events, queues and the like, one file each.

A primitive used outside an execution, or by another OS thread, behaves as the original does.
"""
