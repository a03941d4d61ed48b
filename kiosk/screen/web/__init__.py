"""The process that serves the pages: no key, no journal, nothing of a person beyond what is on the screen now."""
