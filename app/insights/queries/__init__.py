"""Set-based reads of the figures."""
