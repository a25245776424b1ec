"""The staff shell of Marketry: sign-in, menu, audit trail, outbox and plugin pages."""
