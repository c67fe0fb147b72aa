"""The controlled world: a scheduler, tasks on greenlets, controlled `threading`, virtual time."""
