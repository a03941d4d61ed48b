"""One pair a device: a pure decoder and a thin I/O shell. No threads, no retries, no policy."""
