"""Ways to pay that need no gateway account: bank transfer and cash on delivery."""
