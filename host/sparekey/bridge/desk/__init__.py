"""A login on a page of the person's own browser, served by this machine to this machine alone."""
