"""The staff shell: sign-in, dashboard, search, outbox, plugins and their settings, audit trail, system."""
