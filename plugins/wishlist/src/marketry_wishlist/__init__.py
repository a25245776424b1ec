"""A wish list, kept in the browser's cookie or with the account."""
