# The server, and beside it who has it read a renewed certificate: by SIGHUP, without a restart.
set -eu
seen=$(cat /secrets/tls/tls.crt)
(
    # A certificate and its key come together: the kubelet puts all files of a Secret there at once.
    while sleep 5; do
        now=$(cat /secrets/tls/tls.crt) || continue
        [ "$now" != "$seen" ] || continue
        # The server's number as well: exec keeps this script's.
        kill -HUP $$ || exit
        seen=$now
    done
) &
exec bao server -config=/scripts/openbao.hcl
