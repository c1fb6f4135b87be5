"""A release set: applications and versions that are promoted as one."""
