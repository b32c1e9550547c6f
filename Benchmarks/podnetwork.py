#!/usr/bin/env python3
"""Measures what pods send each other on one node, over a link that two nodes share, and through a tunnel, and prints a table.

usage: podnetwork.py SWIFTLET KUBECTL ROOTFS-DIRECTORY
As root. One TCP connection, nodes in network namespaces of one machine: what is compared is the work a packet makes, not wires.
Environment: SECONDS (of each measurement, 4), RUNS (of which the median counts, 3).
"""
import json, os, signal, statistics, subprocess, sys
import nodes
from nodes import SWIFTLET, Cluster, Daemon, ip, until

SECONDS, RUNS = (int(os.environ.get(n, d)) for n, d in (("SECONDS", "4"), ("RUNS", "3")))
ROUTED = "198.51.100"

# Prints bytes a second that arrived.
RECEIVE = """
import socket, sys, time
listener = socket.create_server(("", 7000)); print("ready", flush=True)
s, _ = listener.accept()
buffer, total, begun = bytearray(1 << 20), 0, time.monotonic()
while count := s.recv_into(buffer): total += count
print(total / (time.monotonic() - begun), flush=True)
"""
SEND = """
import socket, sys, time
s = socket.create_connection((sys.argv[1], 7000)); data = bytes(1 << 20); end = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end: s.sendall(data)
"""
ECHO = """
import socket
listener = socket.create_server(("", 7000)); print("ready", flush=True)
s, _ = listener.accept(); s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
while data := s.recv(64): s.sendall(data)
"""
# Prints the median of a byte's way there and back, in microseconds.
ASK = """
import socket, statistics, sys, time
s = socket.create_connection((sys.argv[1], 7000)); s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1); times = []
for _ in range(5000):
    begun = time.monotonic(); s.sendall(b"x"); s.recv(64); times.append(time.monotonic() - begun)
print(statistics.median(times) * 1e6)
"""


# Nobody listens: a refusal has come from the pod all the same, other errors from the way.
REACH = """
import socket, sys
try: socket.create_connection((sys.argv[1], 7000), 1)
except ConnectionRefusedError: print("yes")
except OSError: print("no")
"""


class MixedCluster(Cluster):
    """Agents 0 and 1 share a link; agent 2 is behind a router, which the server's machine is."""

    def join_behind_router(self):
        agent = Daemon(self.scratch, "agent-2", ROUTED + ".2")
        holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        self.holders.append(holder)
        until("it has its own", lambda: os.readlink(f"/proc/{holder.pid}/ns/net") != os.readlink("/proc/self/ns/net"), 5)
        ip("link", "add", "routed", "type", "veth", "peer", "name", "eth0", "netns", str(holder.pid))
        ip("addr", "add", ROUTED + ".1/24", "dev", "routed")
        ip("link", "set", "routed", "up")
        for words in (["link", "set", "lo", "up"], ["addr", "add", agent.address + "/24", "dev", "eth0"], ["link", "set", "eth0", "up"],
                      ["route", "add", "default", "via", ROUTED + ".1"]):
            subprocess.run(["nsenter", f"--net=/proc/{holder.pid}/ns/net", "ip", *words], check=True)
        command = subprocess.run([SWIFTLET, "token", "create", "--data-dir", self.server.data], check=True, capture_output=True, text=True)
        agent.start(command.stdout.split()[1:], holder.pid)
        self.agents.append(agent)
        until("all nodes are Ready", lambda: self.ready_nodes() == 4, 60)

    def make_pods(self, where):
        """Pod names with their nodes; gives each pod's address and a process in it."""
        for number, (name, node) in enumerate(where.items()):
            self.kubectl("apply", "-f", "-", text=json.dumps({
                "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
                "spec": {"nodeName": node, "terminationGracePeriodSeconds": 1,
                         "containers": [{"name": "main", "image": "bench:1", "args": ["sleep", str(7700000 + number)]}]}}))
        self.kubectl("wait", "pod", "--all", "--for=condition=Ready", "--timeout=60s")
        pods = {p["metadata"]["name"]: p["status"]["podIP"] for p in json.loads(self.kubectl("get", "pods", "-o", "json"))["items"]}
        found = {name: (pods[name], process_of(str(7700000 + number))) for number, name in enumerate(where)}
        return found


def process_of(word):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if open(f"/proc/{pid}/cmdline").read().split("\0")[:-1][1:] == ["sleep", word]:
                return int(pid)
        except OSError:
            continue  # It ended meanwhile.
    raise RuntimeError("no process of the pod that sleeps " + word)


def inside(pid, script, *words):
    return subprocess.Popen(["nsenter", f"--net=/proc/{pid}/ns/net", sys.executable, "-c", script, *words], stdout=subprocess.PIPE, text=True)


def throughput(client, server):
    receiver = inside(server[1], RECEIVE)
    receiver.stdout.readline()
    inside(client[1], SEND, server[0], str(SECONDS)).wait()
    return float(receiver.stdout.readline()) * 8 / 1e9


def round_trip(client, server):
    echo = inside(server[1], ECHO)
    echo.stdout.readline()
    answer = float(inside(client[1], ASK, server[0]).stdout.readline())
    echo.wait()
    return answer


def main():
    # Everything below happens in a network namespace of this benchmark's own.
    if os.environ.get("NODES_INSIDE") != "1":
        os.execvpe("unshare", ["unshare", "--net", "--", sys.executable, *sys.argv], {**os.environ, "NODES_INSIDE": "1"})
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    nodes.AGENTS = 2
    rows, cluster = [], MixedCluster()
    try:
        cluster.start()
        cluster.join()
        cluster.join_behind_router()
        pods = cluster.make_pods({"near": "agent-0", "same": "agent-0", "link": "agent-1", "routed": "agent-2"})
        for what, target, tunnelled in (("on one node", "same", False), ("over a link that both share", "link", False),
                                        ("through a tunnel (VXLAN), a router between", "routed", True)):
            client, server = pods["near"], pods[target]
            until(f"the pod {target} is reached", lambda: inside(client[1], REACH, server[0]).stdout.readline() == "yes\n", 30)
            way = subprocess.run(["nsenter", f"--net=/proc/{cluster.holders[0].pid}/ns/net", "ip", "route", "get", server[0]],
                                 capture_output=True, text=True, check=True).stdout
            if (" dev vx" in way) != tunnelled:
                raise RuntimeError(f"{what}: not the way that was to be measured: {way}")
            rows.append((what, statistics.median(throughput(client, server) for _ in range(RUNS)),
                         statistics.median(round_trip(client, server) for _ in range(RUNS))))
    finally:
        cluster.end()
    print(f"\n{os.cpu_count()} cores, Linux {os.uname().release}; load at the end {os.getloadavg()[0]:.1f}\n")
    print("| from pod to pod | one TCP connection | a byte there and back |\n|---|---|---|")
    for what, rate, time in rows:
        print(f"| {what} | {rate:.1f} Gbit/s | {time:.0f} µs |")


if __name__ == "__main__":
    main()
