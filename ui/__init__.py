"""The screens: kiosk, POS, kitchen, board.

Each is a client of its own server's local API (`client.py`) and of nothing else; Python view models hold the meaning,
QML holds layout and motion. A screen knows of the server only the JSON shapes of the API.
"""
