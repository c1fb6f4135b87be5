"""What a site without internet needs, and whether what is declared is what is rendered."""
