"""Cards of the dashboard."""
