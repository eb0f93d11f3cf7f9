"""The cooks' screen: tickets in the order they are due, bumped when made. It knows tickets, not money."""
