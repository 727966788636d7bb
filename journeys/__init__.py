"""What is it like to go through it?"""
