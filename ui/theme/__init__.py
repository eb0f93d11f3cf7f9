"""The one visual language: colour roles, type, space, shape, motion. QML reads it as the singleton `Theme`."""
