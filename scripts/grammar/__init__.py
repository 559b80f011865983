"""Writes varied Vietnamese texts, scam and legitimate, from grammars kept as data, to train the detector."""
