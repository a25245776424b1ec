"""Contract trial: loyalty points redeemed in checkout."""
