"""The ID-card module on a serial line (GA 450, GA 467). decisions: ID cards."""
