#!/bin/bash
# Answers a second of a running cluster DNS, measured with dnsperf on the same machine.
#   Benchmarks/dns.sh ADDRESS [PORT [SECONDS]]
# Makes 1,000 Services in a namespace of its own with kubectl (KUBECONFIG), asks for them, and removes them again.
set -euo pipefail
address=${1:?usage: dns.sh ADDRESS [PORT [SECONDS]]} port=${2:-53} seconds=${3:-10}
command -v dnsperf >/dev/null || { echo "dns.sh: dnsperf is missing: apt-get install dnsperf" >&2; exit 1; }
kubectl=${KUBECTL:-kubectl} namespace=dns-bench-$$ work=$(mktemp -d)
trap '$kubectl delete namespace $namespace --wait=false >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

$kubectl create namespace "$namespace" >/dev/null
for i in $(seq 1000); do
    printf -- '---\napiVersion: v1\nkind: Service\nmetadata: {name: s%d}\nspec: {ports: [{name: http, port: 80}]}\n' "$i"
done > "$work/services.yaml"
$kubectl -n "$namespace" create -f "$work/services.yaml" >/dev/null

measure() { # NAME FILE
    dnsperf -s "$address" -p "$port" -d "$2" -l "$seconds" -c 8 -q 200 > "$work/out" 2>&1
    awk -v what="$1" '
        /Queries completed/ { completed = $4 }
        /Queries lost/ { lost = $3 }
        /Response codes/ { sub(/.*Response codes: */, ""); codes = $0 }
        /Queries per second/ { rate = $4 }
        /Average Latency/ { latency = $4 * 1000 }
        END { printf "%-28s %8d answers/s  %.2f ms  %d lost  %s\n", what, rate, latency, lost, codes }' "$work/out"
}

for i in $(seq 1000); do echo "s$i.$namespace.svc.cluster.local A"; done > "$work/a"
for i in $(seq 1000); do echo "_http._tcp.s$i.$namespace.svc.cluster.local SRV"; done > "$work/srv"
# What a pod's resolver makes of an outside name with ndots:5 and its search domains.
for i in $(seq 1000); do echo "www$i.example.com.$namespace.svc.cluster.local A"; done > "$work/search"
measure "address of a Service" "$work/a"
measure "port of a Service" "$work/srv"
measure "name that is not there" "$work/search"
