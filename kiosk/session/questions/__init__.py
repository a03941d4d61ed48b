"""What staff are asked, one question after the other. decisions: Slips and doubt."""
