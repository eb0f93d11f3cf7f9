"""The faults, one file a kind of trouble. A new file here is found by itself."""
