"""A recording brought to podcast loudness: repaired, levelled, limited, encoded."""
