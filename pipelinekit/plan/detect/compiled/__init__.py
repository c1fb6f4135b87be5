"""Languages that are compiled: which program, and what compiling it takes."""
