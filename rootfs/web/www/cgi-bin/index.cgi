#!/bin/sh
# Says which version and which pod answers. A script and not a file written at the start, so that the server also works
# on a read-only root file system and as any user.
read -r version </etc/web-version
read -r pod </proc/sys/kernel/hostname
printf 'Content-Type: text/plain\r\n\r\nweb %s on %s\n' "$version" "$pod"
