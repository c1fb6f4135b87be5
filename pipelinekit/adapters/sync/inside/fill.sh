# Before a developer's container: copies what the image has in a folder into the one that can be written.
#
# sh -c THIS sh FROM TO
set -eu
cp -R "$1/." "$2/"
