"""Cards and wallets through Stripe's hosted checkout."""
