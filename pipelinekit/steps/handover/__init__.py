"""The upgrade of the controller that rolls components out, by a Job that goes on while it is gone."""
