"""The pages of a show, and the public folder that holds them with the feed."""
