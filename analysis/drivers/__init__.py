"""What goes along with satisfaction, person by person, and what would follow if waits were taken away."""
