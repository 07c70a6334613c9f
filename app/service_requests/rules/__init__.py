"""Rules about service requests: plain functions over plain values."""
