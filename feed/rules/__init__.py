"""What directories and apps require, each rule a function with its source."""
