"""The one thread that decides, and the threads that serve it."""
