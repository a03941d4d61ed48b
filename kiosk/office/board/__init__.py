"""The district's board: what all tables last said, added up, with how old each word is. decisions: The district"""
