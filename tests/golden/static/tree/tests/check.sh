#!/bin/sh
# Every file that a page refers to is there; the result is a JUnit report in /reports.
set -u
cd "$(dirname "$0")/../public" || exit 1
cases=/tmp/cases.xml
failures=0
: >"$cases"

report() { # name, problem (empty when it passed)
  if [ -z "$2" ]; then
    printf '<testcase classname="site" name="%s"/>\n' "$1" >>"$cases"
    echo "ok   $1"
  else
    printf '<testcase classname="site" name="%s"><failure message="%s"/></testcase>\n' "$1" "$2" >>"$cases"
    echo "FAIL $1: $2"
    failures=$((failures + 1))
  fi
}

if [ -s index.html ]; then report "index.html" ""; else report "index.html" "is missing or empty"; fi
for page in $(find . -name '*.html'); do
  for target in $(grep -oE '(href|src)="[^"#?:]+"' "$page" | cut -d'"' -f2); do
    case $target in
      /*) file=.$target ;;
      *) file=$(dirname "$page")/$target ;;
    esac
    problem=
    [ -e "$file" ] || problem="there is no $target"
    report "${page#./} to $target" "$problem"
  done
done

{ echo '<testsuite name="site">'; cat "$cases"; echo '</testsuite>'; } >"${REPORTS:-/reports}/site.xml"
[ "$failures" -eq 0 ]
