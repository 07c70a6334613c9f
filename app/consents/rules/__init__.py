"""Rules of consents: plain functions over plain values."""
