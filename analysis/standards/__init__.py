"""Standards and awards that a service is judged by, a YAML file each: criteria, and what a study shows for each."""
