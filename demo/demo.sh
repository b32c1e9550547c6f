#!/bin/bash
# demo.sh SWIFTLET ROOTFS: a Deployment from start to end on a scratch data directory: apply, scale, rolling update,
# rollback; prints ReplicaSets, pods, addresses and which version answers while it happens. Its end, or Ctrl-C, leaves
# nothing behind: it counts mounts, links, routes, tables, cgroups and processes at the end. Needs root.
#
#   KUBECTL   the kubectl to use (default: the one in PATH; 1.20 and later do)
set -euo pipefail
swiftlet=$(realpath "$1")
rootfs=$(realpath "$2")
here=$(cd "$(dirname "$0")/.." && pwd)
kubectl=${KUBECTL:-kubectl}

[ "$(id -u)" -eq 0 ] || { echo "demo: needs root: sudo make demo" >&2; exit 1; }
scratch=$(mktemp -d /tmp/swiftlet-demo.XXXXXX)
server=

# kubectl keeps caches in the home directory; this one goes with the rest.
export HOME=$scratch KUBECONFIG=$scratch/data/kubeconfig
k() { "$kubectl" "$@"; }

title() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
run() { printf '\033[2m$ %s\033[0m\n' "$*"; "$@"; }
die() { echo "demo: $*" >&2; exit 1; }

# What tells this instance's traces from another's: the FNV-1a hash of its run directory, as swiftlet makes it.
hash=2166136261
for ((i = 0; i < ${#scratch} + 4; i++)); do
    run_directory=$scratch/run
    printf -v byte '%d' "'${run_directory:i:1}"
    hash=$((((hash ^ byte) * 16777619) & 0xffffffff))
done
printf -v instance 'swiftlet-%08x' "$hash"

# Everything that this swiftlet could leave on the machine, one a line.
traces() {
    awk '{ print "mount " $5 }' /proc/self/mountinfo | grep -F "$scratch" || true
    ip -o -details link show type veth | grep -F "swiftlet:$instance:" | awk '{ print "link " $2 }' || true
    ip route show | awk '$1 ~ /^10\.142\./ { print "route " $1 }'
    nft list tables | awk -v name="$instance" '$3 == name { print "table " $3 }'
    find "$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)" -type d -name "$instance" -printf 'cgroup %p\n'
    grep -l -s -F "$instance" /proc/[0-9]*/cgroup | cut -d/ -f3 | sed 's/^/process /' || true
}

finish() {
    status=$?
    trap - EXIT
    trap '' INT TERM
    title "Cleaning up"
    if [ -n "$server" ] && kill -0 "$server" 2>/dev/null; then
        # Pods outlive the daemon, so they go first.
        k delete deployments --all --wait=false >/dev/null 2>&1 || true
        for _ in $(seq 60); do
            [ -n "$(k get pods -o name 2>/dev/null)" ] || break
            sleep 0.5
        done
        kill -TERM "$server"
        for _ in $(seq 100); do
            kill -0 "$server" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    [ "$status" -eq 0 ] || { echo "the daemon's last words:"; tail -n 20 "$scratch/log" 2>/dev/null || true; }
    left=$(traces)
    rm -rf --one-file-system "$scratch"
    if [ -n "$left" ]; then
        echo "left behind:"
        echo "$left"
        exit 1
    fi
    echo "left behind: 0 mounts, 0 links, 0 tables, 0 cgroups, 0 routes, 0 processes"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# "1.16 x 7, 1.17 x 3": asks each running pod of the Deployment.
answers() {
    k get pods -l app=web -o 'jsonpath={range .items[*]}{.status.podIP}{"\n"}{end}' | grep . | while read -r address; do
        curl -s --noproxy '*' --max-time 2 "http://$address/" 2>/dev/null | awk '{ print $2 }' || true
    done | sort | uniq -c | awk '{ printf "%s%s x %s", (NR > 1 ? ", " : ""), $2, $1 }'
}

# One line for the state of a rollout: each ReplicaSet's image with its pods, and who answers.
state() {
    local sets
    sets=$(k get replicasets -l app=web --sort-by=.metadata.creationTimestamp \
        -o 'jsonpath={range .items[*]}{.spec.template.spec.containers[0].image}{" "}{.status.replicas}{"/"}{.spec.replicas}{"  "}{end}')
    printf '   %-36s available %-3s answers: %s\n' "$sets" \
        "$(k get deployment web-deploy -o 'jsonpath={.status.availableReplicas}')" "$(answers)"
}

# rolled_out: prints the state until the rollout is complete.
rolled_out() {
    k rollout status deployment/web-deploy --timeout=120s >"$scratch/rollout" 2>&1 &
    local waiter=$! line last=
    while kill -0 "$waiter" 2>/dev/null; do
        line=$(state)
        [ "$line" = "$last" ] || echo "$line"
        last=$line
        sleep 0.3
    done
    wait "$waiter" || { cat "$scratch/rollout"; die "the rollout did not complete"; }
    state
    tail -n 1 "$scratch/rollout"
}

expect_answers() { [ "$(answers)" = "$1" ] || die "expected answers $1, got $(answers)"; }
uid_of_old_set() {
    k get replicasets -l app=web \
        -o 'jsonpath={range .items[*]}{.spec.template.spec.containers[0].image}{" "}{.metadata.uid}{"\n"}{end}' |
        awk '$1 == "nginx:1.16" { print $2 }'
}

title "Starting swiftlet on $scratch"
# A session of its own: Ctrl-C is for this script, which then stops the daemon in order.
setsid "$swiftlet" server --data-dir "$scratch/data" --run-dir "$scratch/run" --listen 127.0.0.1:36443 \
    --node-name demo --pod-cidr 10.142.0.0/16 --service-cidr 10.143.0.0/16 >"$scratch/log" 2>&1 </dev/null &
server=$!
for _ in $(seq 150); do
    kill -0 "$server" 2>/dev/null || die "swiftlet ended"
    k get --raw /readyz >/dev/null 2>&1 && break
    sleep 0.2
done
k get --raw /readyz >/dev/null || die "swiftlet is not ready"
for _ in $(seq 150); do
    k get nodes 2>/dev/null | grep -qw Ready && break
    sleep 0.2
done
run k get nodes -o wide

title "Two versions of a service, as root file systems"
for version in 1.16 1.17; do
    run "$swiftlet" image import "nginx:$version" "$rootfs/web-$version.tar.zst" --entrypoint /sbin/web \
        --env PATH=/sbin:/bin --data-dir "$scratch/data"
done
run "$swiftlet" image list --data-dir "$scratch/data"

title "Apply: three replicas"
run k apply -f "$here/examples/web-deploy.yaml"
rolled_out
run k get deployments,replicasets,pods -o wide
expect_answers "1.16 x 3"

title "Scale to ten"
run k scale --replicas=10 deployment.apps/web-deploy
rolled_out
expect_answers "1.16 x 10"
old=$(uid_of_old_set)

title "Rolling update to 1.17"
# The second file differs in the image alone; it says 3 replicas as the first does, and 10 shall stay.
sed 's/replicas: 3/replicas: 10/' "$here/examples/web-deploy-1.17.yaml" | run k apply -f -
rolled_out
run k get replicasets -o wide
expect_answers "1.17 x 10"

title "Rollback"
run k rollout history deployment/web-deploy
run k rollout undo deployment/web-deploy
rolled_out
run k get replicasets -o wide
expect_answers "1.16 x 10"
[ "$(uid_of_old_set)" = "$old" ] || die "the ReplicaSet of 1.16 is another one"
echo "the ReplicaSet of 1.16 is the one from before: $old"

title "Describe"
run k describe deployment web-deploy
