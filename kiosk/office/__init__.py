"""For the district and the laboratory, not for the table: records opened, and what they are told in."""
