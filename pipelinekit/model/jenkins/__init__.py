"""Jobs in Jenkins."""
