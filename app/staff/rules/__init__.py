"""Rules of staff accounts: passwords, codes, sessions, roles. Plain functions and values."""
