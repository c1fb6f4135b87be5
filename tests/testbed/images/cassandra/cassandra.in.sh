# Where things are, for those who start a program of the server's.
CASSANDRA_HOME=${CASSANDRA_HOME:-/opt/cassandra}
CASSANDRA_CONF=${CASSANDRA_CONF:-$CASSANDRA_HOME/conf}
CLASSPATH="$CASSANDRA_CONF:$CASSANDRA_HOME/lib/*"
