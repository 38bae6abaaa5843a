"""A case changes hands: offer, accept, return, withdraw; and assistance without a change of custody."""
