# A heap where none was asked for, and JMX for this machine alone.
CASSANDRA_LOG_DIR=${CASSANDRA_LOG_DIR:-$CASSANDRA_HOME/logs}
case "${JVM_OPTS:-}" in
    *-Xlog:gc*) ;;
    *) JVM_OPTS="${JVM_OPTS:-} -Xlog:gc=info:file=$CASSANDRA_LOG_DIR/gc.log" ;;
esac
case "$JVM_OPTS" in
    *-Xmx*) ;;
    *) JVM_OPTS="$JVM_OPTS -Xms${MAX_HEAP_SIZE:-1024M} -Xmx${MAX_HEAP_SIZE:-1024M}" ;;
esac
JMX_PORT=7199
JVM_OPTS="$JVM_OPTS -Dcassandra.jmx.local.port=$JMX_PORT -Dcom.sun.management.jmxremote.authenticate=false"
