"""Which of what was found is believed: retakes, extra words, what was never read."""
