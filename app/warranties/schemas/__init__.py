"""The wire format of warranties: syntax only."""
