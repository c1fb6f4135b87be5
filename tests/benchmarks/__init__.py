"""Speed, measured as ratios: each subject runs beside its floor or peer in one interleaved run."""
