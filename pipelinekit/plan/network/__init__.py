"""What rendered policies open and close, held against what is declared."""
