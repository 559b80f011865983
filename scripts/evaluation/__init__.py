"""Measures the product on labelled files: what `scripts/evaluate` runs."""
