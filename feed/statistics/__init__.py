"""The page of a show's figures, with its charts."""
