"""Gift notes: a card in the parcel, written by hand, for a fee."""
