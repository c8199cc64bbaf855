"""What has to be built again, by whom, and what was built last."""
