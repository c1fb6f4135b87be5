"""`make demo`: from nothing to an application that answers over HTTP, with the verbs that users type."""
