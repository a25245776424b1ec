"""Mails shoppers, in fair turn, when what they wait for can be bought again."""
