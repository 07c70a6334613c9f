"""Named reads of warranties."""
