"""What did they say?"""
