#!/usr/bin/env python3
"""Measures what further nodes cost: 20 agents, each in a network namespace of its own on one bridge, and prints a table.

usage: nodes.py SWIFTLET KUBECTL ROOTFS-DIRECTORY
As root. The whole of it runs in a network namespace of its own, which goes with its processes: nothing is left on the host.
Environment: AGENTS (20), PODS (200), HEARTBEAT (what --node-heartbeat is given; the default when unset), IDLE (seconds, 30).
"""
import contextlib, json, os, re, shutil, signal, statistics, subprocess, sys, tempfile, time

SWIFTLET, KUBECTL, IMAGES = (os.path.abspath(p) for p in sys.argv[1:4])
AGENTS, PODS, IDLE = (int(os.environ.get(n, d)) for n, d in (("AGENTS", "20"), ("PODS", "200"), ("IDLE", "30")))
HEARTBEAT = os.environ.get("HEARTBEAT")
SERVER = "192.0.2.1"
TICKS = os.sysconf("SC_CLK_TCK")


def until(what, condition, bound=120):
    end = time.monotonic() + bound
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("waited too long until " + what)
        time.sleep(0.05)


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def cpu(pid):
    """Seconds of processor time that the process has used."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid):
    return int(re.search(r"^VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read(), re.M).group(1)) / 1024


class Daemon:
    """A server or an agent in a directory of its own, with the image that the benchmark runs."""

    def __init__(self, scratch, name, address):
        self.name, self.address, self.directory = name, address, f"{scratch}/{name}"
        os.makedirs(self.directory)
        self.data = self.directory + "/data"
        self.process = None

    def places(self):
        return ["--data-dir", self.data, "--run-dir", self.directory + "/run", "--node-name", self.name, "--node-ip", self.address]

    def start(self, words, namespace=None):
        log = open(self.directory + "/log", "a")
        enter = ["nsenter", f"--net=/proc/{namespace}/ns/net", "--"] if namespace else []
        self.process = subprocess.Popen([*enter, SWIFTLET, *words, *self.places()], stdout=log, stderr=log, start_new_session=True)

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()


class Cluster:
    def __init__(self):
        self.scratch = tempfile.mkdtemp(prefix="swiftlet-nodes-")
        self.holders, self.agents = [], []
        self.server = Daemon(self.scratch, "server", SERVER)

    def start(self):
        ip("link", "set", "lo", "up")
        ip("link", "add", "bridge", "type", "bridge")
        ip("addr", "add", SERVER + "/24", "dev", "bridge")
        ip("link", "set", "bridge", "up")
        beat = ["--node-heartbeat", HEARTBEAT] if HEARTBEAT else []
        self.server.start(["server", "--listen", SERVER + ":6443", "--pod-cidr", "10.88.0.0/16", "--service-cidr", "10.89.0.0/16", *beat])
        until("the server is ready", lambda: self.attempt("get", "--raw", "/readyz").returncode == 0, 30)
        for tag in ("1", "2"):
            subprocess.run([SWIFTLET, "image", "import", f"bench:{tag}", IMAGES + "/web-1.16.tar.zst", "--data-dir", self.server.data,
                            "--env", f"TAG={tag}", "--entrypoint", "/bin/busybox", "--cmd", "sleep", "--cmd", "1000000"],
                           check=True, capture_output=True)

    def join(self):
        for n in range(AGENTS):
            agent = Daemon(self.scratch, f"agent-{n}", f"192.0.2.{n + 10}")
            # A process that does nothing but hold the node's network namespace.
            holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
            self.holders.append(holder)
            until("it has its own", lambda: os.readlink(f"/proc/{holder.pid}/ns/net") != os.readlink("/proc/self/ns/net"), 5)
            ip("link", "add", f"to-{n}", "type", "veth", "peer", "name", "eth0", "netns", str(holder.pid))
            ip("link", "set", f"to-{n}", "master", "bridge", "up")
            for words in (["link", "set", "lo", "up"], ["addr", "add", agent.address + "/24", "dev", "eth0"], ["link", "set", "eth0", "up"],
                          ["route", "add", "default", "via", SERVER]):
                subprocess.run(["nsenter", f"--net=/proc/{holder.pid}/ns/net", "ip", *words], check=True)
            command = subprocess.run([SWIFTLET, "token", "create", "--data-dir", self.server.data], check=True, capture_output=True,
                                     text=True).stdout
            words = re.search(r"swiftlet agent (--server \S+ --token \S+)", command).group(1).split()
            agent.start(["agent", *words], holder.pid)
            self.agents.append(agent)
        until("all nodes are Ready", lambda: self.ready_nodes() == AGENTS + 1, 180)

    def attempt(self, *words, text=None):
        return subprocess.run([KUBECTL, "--kubeconfig", self.server.data + "/kubeconfig", *words], capture_output=True, text=True, input=text,
                              env={**os.environ, "HOME": self.scratch})

    def kubectl(self, *words, text=None):
        result = self.attempt(*words, text=text)
        if result.returncode:
            raise RuntimeError(f"kubectl {' '.join(words)}: {result.stderr}")
        return result.stdout

    def ready_nodes(self):
        nodes = json.loads(self.kubectl("get", "nodes", "-o", "json"))["items"]
        return sum(any(c["type"] == "Ready" and c["status"] == "True" for c in n["status"].get("conditions", [])) for n in nodes)

    def end(self):
        if self.server.process and self.server.process.poll() is None:
            self.attempt("delete", "deployments", "--all", "--wait=false")
            self.attempt("delete", "pods", "--all", "--grace-period=1", "--timeout=120s")
        for daemon in [*self.agents, self.server]:
            daemon.end()
        for holder in self.holders:
            holder.kill()
            holder.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)


@contextlib.contextmanager
def neighbours():
    """Room for every node's neighbours. The kernel counts those of all network namespaces of a machine together: a hundred nodes
    that all talk to each other overflow its table of 1,024, packets are dropped, and nodes on machines of their own have no such
    trouble. Source: arp(7), gc_thresh3."""
    path = "/proc/sys/net/ipv4/neigh/default/gc_thresh3"
    before = open(path).read()
    open(path, "w").write(str(max(int(before), 4 * AGENTS * AGENTS)))
    try:
        yield
    finally:
        open(path, "w").write(before)


def usage(daemons, seconds):
    """The share of a core that each process uses while nothing is asked of it."""
    before = [cpu(d.process.pid) for d in daemons]
    begun = time.monotonic()
    time.sleep(seconds)
    lasted = time.monotonic() - begun
    return [(cpu(d.process.pid) - b) / lasted * 100 for d, b in zip(daemons, before)]


def deployment(tag):
    return json.dumps({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "many"},
        "spec": {"replicas": PODS, "selector": {"matchLabels": {"app": "many"}}, "template": {
            "metadata": {"labels": {"app": "many"}},
            "spec": {"terminationGracePeriodSeconds": 1, "containers": [{"name": "main", "image": f"bench:{tag}"}]}}}})


def main():
    # Everything below happens in a network namespace of this benchmark's own.
    if os.environ.get("NODES_INSIDE") != "1":
        with neighbours():
            inside = subprocess.Popen(["unshare", "--net", "--", sys.executable, *sys.argv], env={**os.environ, "NODES_INSIDE": "1"})
            # A Ctrl-C reaches it too.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, lambda *_: inside.terminate())
            code = inside.wait()
        sys.exit(code)
    rows, cluster = [], Cluster()
    server = cluster.server
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        cluster.start()
        time.sleep(5)
        alone, = usage([server], IDLE)
        rows.append(("server alone, idle: resident / of a core", f"{resident(server.process.pid):.0f} MB / {alone:.2f}%", ""))
        begun = time.monotonic()
        cluster.join()
        rows.append((f"{AGENTS} agents join, one after the other, until Ready", f"{time.monotonic() - begun:.1f} s", ""))
        time.sleep(10)
        with_all, *each = usage([server, *cluster.agents], IDLE)
        beat = f"heartbeat {HEARTBEAT}" if HEARTBEAT else "default heartbeat"
        rows.append((f"server with {AGENTS} idle agents ({beat}): resident / of a core", f"{resident(server.process.pid):.0f} MB / {with_all:.2f}%", ""))
        rows.append((f"what {AGENTS} agents' heartbeats cost the server", f"{with_all - alone:.2f}% of a core", "at most 2%"))
        rows.append(("an idle agent (median): resident / of a core",
                     f"{statistics.median(resident(a.process.pid) for a in cluster.agents):.0f} MB / {statistics.median(each):.2f}%", ""))

        def step(what, tag):
            before, begun, peak = cpu(server.process.pid), time.monotonic(), 0
            cluster.kubectl("apply", "-f", "-", text=deployment(tag))
            status = subprocess.Popen([KUBECTL, "--kubeconfig", server.data + "/kubeconfig", "rollout", "status", "deployment/many"],
                                      stdout=subprocess.DEVNULL, env={**os.environ, "HOME": cluster.scratch})
            end = begun + 600
            while status.poll() is None:
                if time.monotonic() > end:
                    status.kill()
                    raise RuntimeError("the rollout did not end")
                peak = max(peak, resident(server.process.pid))
                time.sleep(0.05)
            lasted = time.monotonic() - begun
            rows.append((f"{what} of {PODS} pods over {AGENTS + 1} nodes: time / server's peak resident / CPU time",
                         f"{lasted:.1f} s / {peak:.0f} MB / {cpu(server.process.pid) - before:.1f} s", ""))

        step("first rollout", "1")
        names = [p["spec"]["nodeName"] for p in json.loads(cluster.kubectl("get", "pods", "-o", "json"))["items"]]
        counts = [names.count(n) for n in {*names}]
        rows.append(("pods on a node, least / most", f"{min(counts)} / {max(counts)}", ""))
        step("rolling update", "2")
        lost = json.loads(cluster.kubectl("get", "events", "-o", "json", "--field-selector", "reason=NodeNotReady,involvedObject.kind=Node"))
        rows.append(("nodes that were taken for lost meanwhile", f"{len(lost['items'])}", ""))
    except BaseException:
        for daemon in [server, *cluster.agents[:2]]:
            if os.path.exists(daemon.directory + "/log"):
                sys.stderr.write(f"{daemon.name}: " + open(daemon.directory + "/log").read()[-2000:] + "\n")
        raise
    finally:
        cluster.end()

    print(f"\n{os.cpu_count()} cores, Linux {os.uname().release}; load at the end {os.getloadavg()[0]:.1f}\n")
    print("| measured | figure | mark |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
