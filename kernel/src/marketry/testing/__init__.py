"""What plugin authors test with: real servers, sites in a temporary folder, inheritable contract suites."""
