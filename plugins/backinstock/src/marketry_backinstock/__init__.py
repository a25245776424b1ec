"""Mails shoppers when what they wait for can be bought again."""
