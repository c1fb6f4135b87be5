"""What sync decides: which images it can serve, which files need a build, what a batch is made of."""
