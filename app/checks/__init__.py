"""What `pilotlight doctor` looks at: each check gives findings, and never raises."""
