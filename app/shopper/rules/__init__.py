"""Rules of the pages: reading forms, and naming things in both languages."""
