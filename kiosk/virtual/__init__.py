"""The far ends of the wires: devices that real drivers talk to, and the demo. Shares no code with `drivers`."""
