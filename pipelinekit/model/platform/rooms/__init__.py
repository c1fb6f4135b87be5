"""What a platform says of the jobs in a folder of Jenkins: whether there are any, and what they hold."""
