"""The wire format of rewards: syntax only."""
