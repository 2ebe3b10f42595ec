"""The demo platform: made-up people and organisations, through the same services as real ones."""
