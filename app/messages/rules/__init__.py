"""What messages decide by themselves: texts, channels, times. No database, no clock."""
