"""What is Helm's: a chart's values and libraries, the images that it pulls, the manifest that it renders."""
