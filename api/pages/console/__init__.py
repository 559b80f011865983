"""The console: staff sign in, keep records, and decide, always two persons on what parents will see."""
