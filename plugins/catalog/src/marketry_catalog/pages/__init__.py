"""What pages show: from parsed parameters to the values of a template."""
