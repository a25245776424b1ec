"""Pure rules: which zone serves a place, which band prices a parcel."""
