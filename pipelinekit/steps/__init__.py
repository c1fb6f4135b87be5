"""L3: what a verb does, in terms of ports; none of these modules knows a tool."""
