"""What makes an image: engines, their context, their secrets."""
