"""Named reads and set-based writes of service requests."""
