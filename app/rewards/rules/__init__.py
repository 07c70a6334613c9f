"""Rules about rewards. Plain functions over plain values."""
