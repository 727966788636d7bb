"""The commands of `./lab`, one file each: its name is the command's, and so is its function's."""
