"""The parts all screens are made of (QML, names begin with P), and the provider that colours icons.

Layout and motion only: no word of the business, no colour, size or duration that is not in `theme/`.
"""
