"""A customer who touches whatever there is, at random, on the real kiosk with a real server: `make monkey`.

It must always find a way out, hear no warning from QML, and every order must cost what the glass said.
"""
