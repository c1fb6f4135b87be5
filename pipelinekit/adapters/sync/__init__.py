"""The way of a developer's sources into their pods: the look at the folder, and the receiver inside."""
