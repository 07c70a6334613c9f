"""People's journeys in a real browser, over real HTTP. ``make e2e`` runs them alone."""
