"""What leaders read: scoreboard, league, cost, targets and volumes, and what changed."""
