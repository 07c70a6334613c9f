"""Warranties over JSON: parse, call one use case in one transaction, render."""
