"""When each word of the column is spoken: forced alignment."""
