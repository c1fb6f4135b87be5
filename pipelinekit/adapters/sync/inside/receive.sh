# In a developer's container that has no runtime but a shell: takes batches, and answers what the folder holds.
#
# sh -c THIS sh ROOT FOLDER. Each request is a line, `VERB COUNT`, and a tar of so many blocks; each answer ends with
# the line `end`. An entry is a line: kind (f, d or l; - for none), mode (x or -), a blank, the
# SHA-256 of a file's content or a link's target, a blank, the path. FOLDER/tree has those of the last batch, in the
# order of their paths. No path has a line's end in it: that is asked of the sender.
#   compare  `names`, the paths; answers `known` or `new`, `=ENTRY` for each that is there, and `+PATH` for each of the
#            last batch that is there
#   apply    `names` (all paths, or none: those that are known), `base`, `gone`, `put` (number, kind, mode and path) and
#            the contents by their numbers; answers `lost` or the digest of all entries. Nothing is changed before all
#            of it is there.
set -eu
export LC_ALL=C
root=$1 folder=$2
stage=$root/.draft-sync-tmp-$$
mkdir -p "$folder"
cd "$root"

# Whether all folders above a path are folders: what is behind a link is outside.
above=. sound=y
inside() {
    case $1 in */*) set -- "${1%/*}" ;; *) set -- "" ;; esac
    if [ "$1" != "$above" ]; then
        above=$1 sound=y at=. rest=$1
        while [ -n "$rest" ]; do
            at=$at/${rest%%/*}
            case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
            if [ -L "$at" ] || [ ! -d "$at" ]; then sound=; break; fi
        done
    fi
    [ -n "$sound" ]
}

sums() {
    [ ! -s "$2" ] || tr '\n' '\0' < "$2" | xargs -0 sha256sum -- | sed "s|^\(.\{64\}\)  \./|$1 \1 |"
}

# The entries of the paths on standard input.
look() {
    above=.
    : > "$stage/plain"
    : > "$stage/executable"
    while IFS= read -r path; do
        if ! inside "$path"; then printf '%s  %s\n' -- "$path"
        elif [ -L "./$path" ]; then
            sum=$(readlink -n -- "./$path" | sha256sum)
            printf 'l- %s %s\n' "${sum%% *}" "$path"
        elif [ -d "./$path" ]; then printf 'd-  %s\n' "$path"
        elif [ -f "./$path" ] && [ -x "./$path" ]; then printf './%s\n' "$path" >> "$stage/executable"
        elif [ -f "./$path" ]; then printf './%s\n' "$path" >> "$stage/plain"
        else printf '%s  %s\n' -- "$path"
        fi
    done
    sums f- "$stage/plain"
    sums fx "$stage/executable"
}

known() { [ ! -f "$folder/tree" ] || cut -d' ' -f3- < "$folder/tree"; }

keep() {
    sort -t' ' -k3 > "$folder/tree.new"
    mv -f "$folder/tree.new" "$folder/tree"
}

folders() {
    at=. rest=$1
    while [ -n "$rest" ]; do
        at=$at/${rest%%/*}
        case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
        if [ -L "$at" ] || { [ -e "$at" ] && [ ! -d "$at" ]; }; then rm -f -- "$at"; fi
        [ -d "$at" ] || mkdir -- "$at"
    done
}

put() {
    while IFS= read -r line; do
        number=${line%% *} line=${line#* }
        kind=${line%% *} line=${line#* }
        mode=${line%% *} path=${line#* }
        case /$path/ in */../* | */./* | *//*) exit 3 ;; esac
        case $path in */*) folders "${path%/*}" ;; esac
        if [ "$kind" = d ]; then folders "$path"; continue; fi
        if [ -L "./$path" ] || [ -d "./$path" ]; then rm -rf -- "./$path"; fi
        if [ "$kind" = f ]; then
            if [ "$mode" = x ]; then chmod 755 "$stage/$number"; else chmod 644 "$stage/$number"; fi
        fi
        mv -f -- "$stage/$number" "./$path"
    done
}

gone() {
    while IFS= read -r path; do
        case /$path/ in */../* | */./* | *//*) exit 3 ;; esac
        above=.
        if inside "$path"; then rm -rf -- "./$path"; fi
    done
}

compare() {
    if [ -f "$folder/tree" ]; then echo known; else echo new; fi
    look < "$stage/names" | sed -e '/^--/d' -e 's/^/=/'
    known > "$stage/known"
    look < "$stage/known" | sed -e '/^--/d' | cut -d' ' -f3- | sed 's/^/+/'
}

apply() {
    if [ ! -f "$stage/names" ]; then
        if [ ! -f "$folder/tree" ] || [ "$(sha256sum < "$folder/tree")" != "$(cat "$stage/base")  -" ]; then
            echo lost
            return
        fi
        { known; cut -d' ' -f4- < "$stage/put"; } | sort -u > "$stage/all"
        if [ -s "$stage/gone" ]; then
            grep -vxF -f "$stage/gone" < "$stage/all" > "$stage/names" || [ $? = 1 ]
        else
            mv "$stage/all" "$stage/names"
        fi
    fi
    # While it is being changed it is nobody's tree: killed here, the next batch is a whole one.
    { known; cat "$stage/names"; } | sort -u | sed 's/^/--  /' | keep
    sort -r "$stage/gone" | gone
    put < "$stage/put"
    look < "$stage/names" | keep
    sha256sum < "$folder/tree"
}

trap 'rm -rf "$stage"' EXIT
while read -r verb count; do
    for each in .draft-sync-tmp-*; do
        # What has this process's own number was left by another one, before the container began again.
        if [ "${each##*-}" = $$ ] || ! kill -0 "${each##*-}" 2> /dev/null; then rm -rf -- "./$each"; fi
    done
    mkdir "$stage"
    # Not one byte more: what follows is the next request. And not one less, also where there is no room for it: a way
    # that is left with something on it is not told of the end of this process.
    dd bs=10240 count="$count" iflag=fullblock 2> /dev/null | {
        if ! tar -x -f - -C "$stage" 2> "$folder/said"; then
            cat > /dev/null
            read -r why < "$folder/said" || true
            echo "error: $why" >&2
            exit 1
        fi
    }
    case $verb in
        compare) compare ;;
        apply) apply ;;
        *) exit 3 ;;
    esac
    rm -rf "$stage"
    echo end
done
