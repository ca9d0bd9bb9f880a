#!/usr/bin/env bash
# cli_texts_test.sh BUILD: what is made from the table of commands: completion, the manual, what is installed.
set -euo pipefail
abasto=$1/abasto
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# What is offered for the last of the words.
completed() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _abasto
    printf '%s ' "${COMPREPLY[@]}"
}

expect() {
    local wanted=$1 got
    shift
    got=$(completed "$@")
    [ "${got% }" = "$wanted" ] || fail "«$*» completes to «$got», not «$wanted»"
}

# shellcheck source=/dev/null
source <("$abasto" completion bash)
complete -p abasto >"$folder/complete"
expect 'status' abasto sta
expect 'topics tail trace' abasto t
expect 'close wait' abasto day ''
expect '--supplier' abasto status --su
expect '--timeout' abasto day wait --t
expect '--json' abasto quarantine list --j
expect 'imss imss-bienestar' abasto load --institution im
expect 'imss imss-bienestar' abasto load --institution = im
expect 'plantilla.ordenes' abasto load --layout plantilla.o
expect 'beginning end' abasto tail orders --from ''
expect 'reported.receipts' abasto tail reported.rec
expect '' abasto status --clave 0
expect '' abasto topics apply --j
touch "$folder/datos.csv"
expect "$folder/datos.csv" abasto load "$folder/da"
expect "$folder/datos.csv" abasto load --manifest "$folder/da"

# Every command, and every option that its help tells of.
"$abasto" --help | sed -n 's/^  \([a-z][a-z ]*[a-z]\).*/\1/p' >"$folder/commands"
[ "$(wc -l <"$folder/commands")" -gt 12 ] || fail 'the help lists hardly any command'
while read -ra command; do
    got=" $(completed abasto "${command[@]}" --)"
    for option in $("$abasto" "${command[@]}" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p'); do
        [[ $got == *" $option "* ]] || fail "abasto ${command[*]} does not complete $option"
    done
done <"$folder/commands"

# A group lists its commands; a slip is told what is most like it.
for group in quarantine day topics schemas shard; do
    "$abasto" "$group" --help >"$folder/group"
    "$abasto" "$group" | cmp - "$folder/group" || fail "abasto $group does not list its commands"
    [ "$(grep -c "^  [a-z]" "$folder/group")" = "$(grep -c "^$group " "$folder/commands")" ] ||
        fail "abasto $group --help: $(cat "$folder/group")"
done
slip() {
    local wanted=$1 status=0
    shift
    LC_ALL=C "$abasto" "$@" >"$folder/out" 2>"$folder/err" || status=$?
    [ "$status" = 2 ] && [ ! -s "$folder/out" ] && grep -q "no hay una orden «$*»" "$folder/err" ||
        fail "abasto $*: $status $(cat "$folder/err")"
    [ -z "$wanted" ] || grep -q "parecida es «$wanted»" "$folder/err" || fail "abasto $*: $(cat "$folder/err")"
}
slip status statu
slip 'quarantine list' quarantine lits
slip explain expalin
slip '' xyzxyzxyz
grep -q parecida "$folder/err" && fail 'nothing is like xyzxyzxyz'

# Nobody answers: first what to do, then what the library says.
while read -ra command; do
    status=0
    LC_ALL=C ABASTO_DATABASE='postgresql://127.0.0.1:1/x' ABASTO_BROKERS=127.0.0.1:1 ABASTO_INSECURE=1 \
        timeout 60 "$abasto" "${command[@]}" >"$folder/out" 2>"$folder/err" || status=$?
    [ "$status" = 3 ] && [ "$(wc -l <"$folder/err")" = 1 ] &&
        grep -q "^abasto .*: no hay conexión con .*make status.*Detalle: ." "$folder/err" ||
        fail "abasto ${command[*]} without a system: $status $(cat "$folder/err")"
done <<'COMMANDS'
status
explain --all
quarantine list
findings list
shard create
topics apply
schemas apply
tail orders
day close 2025-06-01
COMMANDS
# No line ends in a blank.
"$abasto" --help >"$folder/help"
while read -r command; do
    # shellcheck disable=SC2086
    "$abasto" $command --help >>"$folder/help"
done <"$folder/commands"
! grep -n ' $' "$folder/help" || fail 'help has blanks at the end of lines'

# Whoever reads English is told what every command does in English.
while read -r command; do
    # shellcheck disable=SC2086
    spanish=$(LC_ALL=C "$abasto" $command --help | sed -n 3p)
    # shellcheck disable=SC2086
    english=$(LC_ALL=en_US.UTF-8 "$abasto" $command --help | sed -n 3p)
    [ -n "$english" ] && [ "$english" != "$spanish" ] || fail "abasto $command has no English: $english"
done <"$folder/commands"

# The manual in both languages, without anything that groff warns of.
for page in "en man1" "C es/man1"; do
    read -r locale place <<<"$page"
    built=$1/cli/$place/abasto.1
    LC_ALL=$locale "$abasto" manual | cmp - "$built" || fail "$built is not what abasto manual says"
    groff -man -Tutf8 -Kutf8 -ww -z "$built" >"$folder/warnings" 2>&1 || fail "$(cat "$folder/warnings")"
    [ ! -s "$folder/warnings" ] || fail "$(cat "$folder/warnings")"
    groff -man -Tutf8 -Kutf8 "$built" | sed 's/\x1b\[[0-9;]*m//g; s/.\x08//g' >"$folder/page"
    while read -r command; do
        grep -q "abasto $command" "$folder/page" || fail "$built does not tell of $command"
    done <"$folder/commands"
done
grep -q 'Órdenes de usuario' "$folder/page" || fail 'the Spanish page is not Spanish'

cmake --install "$1/cli" --prefix "$folder/usr" >"$folder/installed"
for file in bin/abasto share/man/man1/abasto.1 share/man/es/man1/abasto.1 \
    share/bash-completion/completions/abasto; do
    [ -s "$folder/usr/$file" ] || fail "$file is not installed"
done
printf 'cli texts: ok\n'
