"""What comes off a topic, made safe before anybody looks at it: bytes of others, of any size and shape."""
