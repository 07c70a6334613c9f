"""The wire format of tiers: syntax only."""
