"""The wire format of consents: syntax only."""
