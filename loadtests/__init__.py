"""What is it like when everyone comes at once?"""
