"""Measures how fast the product is at the size of a country, beside what else could have been used."""
