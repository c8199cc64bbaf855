"""What an editor would query in a column before it is read aloud or listed."""
