"""What keeps visitors and staff safe: CSRF, headers, hosts, limits on bodies."""
