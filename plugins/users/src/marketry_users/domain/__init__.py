"""What has nothing to do with databases or pages: how addresses are written, what a password may be, words for devices."""
