"""A service broker: the Open Service Broker API, 2.17, for databases of one PostgreSQL."""
