"""The wire format of service requests: syntax only."""
