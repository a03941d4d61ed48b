"""What the centre orders of tables: signed here, carried by the broker, a stick or a code. decisions: Orders"""
