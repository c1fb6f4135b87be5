"""What is built and published: images and charts, and whether they are to be trusted."""
