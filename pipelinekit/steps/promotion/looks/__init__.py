"""What is looked at before a promotion, and changes nothing."""
