"""What do we want to learn, and what happened?"""
