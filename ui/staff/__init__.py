"""The hidden door through which staff get at a screen: gesture, PIN, the page behind it; how bright the screen is and
when it rests; the out-of-order sign. Every role's screen has it; customers never find it by accident.
"""
