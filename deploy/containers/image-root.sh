#!/bin/sh
# image-root.sh OUT PROGRAM...: puts into OUT what an image without a distribution needs to run the programs:
# the libraries that they are linked to, those that glibc opens at run time to resolve names, certificate
# authorities, and a user. Runs in the image's build stage.
set -eu
out=$1
shift

mkdir -p "$out/etc/ssl/certs" "$out/tmp" "$out/usr/local/bin"
chmod 1777 "$out/tmp"

# As a name that the loader looks for: links are followed.
copy_library() {
    mkdir -p "$out$(dirname "$1")"
    cp -L "$1" "$out$1"
}

for program in "$@"; do
    ldd "$program" | sed -n 's:.*=> \(/[^ ]*\) .*:\1:p; s:^[[:space:]]*\(/[^ ]*\) .*:\1:p'
done | sort -u | while read -r library; do
    copy_library "$library"
done
for library in libnss_dns.so.2 libnss_files.so.2 libresolv.so.2; do
    path=$(ldconfig -p | sed -n "s:.*$library .*=> ::p" | head -n 1)
    if [ -n "$path" ]; then
        copy_library "$path"
    fi
done
printf 'hosts: files dns\n' >"$out/etc/nsswitch.conf"
printf 'abasto:x:65532:65532:abasto:/:/nonexistent\n' >"$out/etc/passwd"
printf 'abasto:x:65532:\n' >"$out/etc/group"
cp -L /etc/ssl/certs/ca-certificates.crt "$out/etc/ssl/certs/"
# So that the command line counts letters, not bytes.
mkdir -p "$out/usr/lib/locale"
cp -r /usr/lib/locale/C.utf8 "$out/usr/lib/locale/"
