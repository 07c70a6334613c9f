"""Rules of the console: navigation and words. Plain functions and values."""
