"""What `./lab bench` can measure, one file each: how fast this is, beside what it has to beat."""
