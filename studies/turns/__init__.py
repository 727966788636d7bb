"""Calls and chats: who said what when, turned into sentences."""
