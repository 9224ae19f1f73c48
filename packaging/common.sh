# SPDX-License-Identifier: GPL-3.0-or-later
# Shared by packaging/try and packaging/check: steps with progress, packages, quiet builds.
# shellcheck shell=bash

TW_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TW_LOGS="$TW_ROOT/build/logs"
TW_STEP=0
TW_STARTED=$SECONDS
mkdir -p "$TW_LOGS"

# step TOTAL TEXT: announces the next step.
step() {
    TW_STEP=$((TW_STEP + 1))
    printf '[%d/%d] %s\n' "$TW_STEP" "$1" "$2"
}

# fail LOG TEXT: shows the end of a log and gives up.
fail() {
    printf '\n%s\n' "$2" >&2
    if [ -f "$1" ]; then
        printf 'The last lines of %s:\n\n' "${1#"$TW_ROOT"/}" >&2
        tail -n 40 "$1" >&2
    fi
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1; then sudo "$@"
    else fail /nonexistent "Run this once as root, or install sudo: packages have to be installed."
    fi
}

# install_packages KIND…: installs what is missing of these kinds; says nothing when all is there.
install_packages() {
    local kinds=" $* " missing=() kind name
    while read -r kind name; do
        [[ $kind == \#* || -z $kind || $kinds != *" $kind "* ]] && continue
        if [ "$(dpkg-query -W -f='${Status}' "$name" 2>/dev/null)" != "install ok installed" ]; then
            missing+=("$name")
        fi
    done < "$TW_ROOT/packaging/packages.txt"
    [ ${#missing[@]} -eq 0 ] && return 0
    printf '      installing %s\n' "${missing[*]}"
    local log="$TW_LOGS/packages.log"
    as_root apt-get update >"$log" 2>&1 || fail "$log" "The package lists could not be fetched."
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        "${missing[@]}" >>"$log" 2>&1 || fail "$log" "Packages could not be installed."
}

# configure DIR OPTION…: runs CMake; quiet unless it fails.
configure() {
    local dir=$1 log
    shift
    log="$TW_LOGS/configure-$(basename "$dir").log"
    cmake -S "$TW_ROOT" -B "$dir" -G Ninja "$@" >"$log" 2>&1 || fail "$log" "CMake found a problem."
}

# build DIR TARGET…: builds with a line for each quarter of the work (each file on a terminal).
build() {
    local dir=$1 log status
    shift
    log="$TW_LOGS/build-$(basename "$dir").log"
    NINJA_STATUS='[%f/%t] ' cmake --build "$dir" -- "$@" 2>&1 | tee "$log" | show_progress
    status=${PIPESTATUS[0]}
    [ "$status" = 0 ] || fail "$log" "The build failed."
}

show_progress() {
    local live=0
    [ -t 1 ] && live=1
    awk -v live="$live" '
        match($0, /^\[[0-9]+\/[0-9]+\]/) {
            split(substr($0, 2, RLENGTH - 2), part, "/")
            percent = int(100 * part[1] / part[2])
            if (live) { printf "\r      %3d %%  (%d of %d)", percent, part[1], part[2]; fflush() }
            else if (percent >= next_mark) { printf "      %3d %%\n", percent; fflush(); next_mark = percent - percent % 25 + 25 }
        }
        END { if (live) printf "\r\033[K" }'
}

elapsed() {
    local seconds=$((SECONDS - TW_STARTED))
    printf '%d:%02d' $((seconds / 60)) $((seconds % 60))
}
