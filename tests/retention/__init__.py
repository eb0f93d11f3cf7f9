"""Ten years of selling, made in a minute: long histories as terminals would have written them, and what they cost."""
