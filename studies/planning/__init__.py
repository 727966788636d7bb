"""How a study is designed: its file, its order, its people, and the board of a study under way."""
