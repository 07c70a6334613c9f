"""The rules of warranties: plain functions over plain values."""
