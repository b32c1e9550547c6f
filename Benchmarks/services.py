#!/usr/bin/env python3
"""Asks Services for pages while their pods come and go, counts what failed, and prints a table.

usage: services.py SWIFTLET KUBECTL ROOTFS-DIRECTORY LOAD-GENERATOR
As root. Each scenario is a load that runs all the time and steps that happen meanwhile; what a step cost is the difference
of the load generator's own counts (Tests/LoadGenerator) before and after it.
"""
import json, os, random, re, shutil, signal, socket, subprocess, sys, tempfile, time

SWIFTLET, KUBECTL, IMAGES, LOAD = sys.argv[1:5]
ROUNDS = int(os.environ.get("ROUNDS", "5"))
PORT = 26444


def node_address():
    """The address that this machine would use towards others; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("198.51.100.1", 9))
        return probe.getsockname()[0]


class Cluster:
    def __init__(self):
        self.scratch = tempfile.mkdtemp(prefix="swiftlet-services-")
        self.data, self.run = self.scratch + "/data", self.scratch + "/run"
        self.node = node_address()
        self.log = open(self.scratch + "/daemon.log", "w")
        self.start()
        for name in ("nginx", "abrupt"):
            config = json.load(open(f"{IMAGES}/{name}.json"))
            for tag in ("1", "2"):
                words = [w for k, o in (("entrypoint", "--entrypoint"), ("env", "--env")) for v in config.get(k, []) for w in (o, v)]
                subprocess.run([SWIFTLET, "image", "import", f"{name}:{tag}", f"{IMAGES}/{name}.tar.zst", "--data-dir", self.data,
                                *words, "--env", f"TAG={tag}", "--stop-signal", config["stopSignal"]],
                               check=True, capture_output=True)

    def start(self):
        self.daemon = subprocess.Popen(
            [SWIFTLET, "server", "--data-dir", self.data, "--run-dir", self.run, "--listen", f"127.0.0.1:{PORT}",
             "--node-name", "bench", "--node-ip", self.node, "--pod-cidr", "10.88.0.0/16", "--service-cidr", "10.89.0.0/16"],
            # In a session of its own: Ctrl-C is for this program, which ends the pods before the daemon.
            stdout=self.log, stderr=self.log, start_new_session=True)
        until("the daemon is ready", lambda: self.try_kubectl("get", "--raw", "/readyz").returncode == 0)

    def try_kubectl(self, *words, text=None):
        return subprocess.run([KUBECTL, "--kubeconfig", self.data + "/kubeconfig", *words], capture_output=True, text=True,
                              input=text, env={**os.environ, "HOME": self.scratch})

    def kubectl(self, *words, text=None):
        result = self.try_kubectl(*words, text=text)
        if result.returncode:
            raise RuntimeError(f"kubectl {' '.join(words)}: {result.stderr}")
        return result.stdout

    def rolled_out(self, name):
        self.kubectl("rollout", "status", f"deployment/{name}", "--timeout=180s")
        # A rollout is complete while old pods still use their grace: their part of it is what this is about.
        until("old pods are gone", lambda: "deletionTimestamp" not in self.kubectl("get", "pods", "-l", f"app={name}", "-o", "json"))

    def serve(self, name, image, port, replicas=10, grace=30, path="/", environment=()):
        """A Deployment and its Service; the two addresses that clients have for it."""
        probe = {"periodSeconds": 1, "httpGet": {"path": path, "port": 80}}
        container = {"name": "main", "image": image, "ports": [{"containerPort": 80}], "readinessProbe": probe,
                     "env": [{"name": n, "value": v} for n, v in environment]}
        items = [
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": {
                "replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": {
                    "metadata": {"labels": {"app": name}},
                    "spec": {"terminationGracePeriodSeconds": grace, "containers": [container]}}}},
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {
                "type": "NodePort", "selector": {"app": name}, "ports": [{"port": 80, "nodePort": port}]}}]
        self.kubectl("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        self.rolled_out(name)
        address = self.kubectl("get", "service", name, "-o", "jsonpath={.spec.clusterIP}")
        return [f"{address}:80", f"{self.node}:{port}"]

    def pods(self, name):
        return json.loads(self.kubectl("get", "pods", "-l", f"app={name}", "-o", "json"))["items"]

    def end(self):
        if self.daemon.poll() is not None:
            self.start()
        self.try_kubectl("delete", "deployments,services", "--all", "--wait=false")
        self.try_kubectl("delete", "pods", "--all", "--grace-period=1", "--timeout=60s")
        self.daemon.send_signal(signal.SIGTERM)
        try:
            self.daemon.wait(30)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
        shutil.rmtree(self.scratch, ignore_errors=True)


def until(what, condition, bound=120):
    end = time.monotonic() + bound
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("waited too long until " + what)
        time.sleep(0.05)


class Load:
    """The load generator under way. `counts` asks it with SIGUSR1; `end` with SIGTERM."""

    def __init__(self, addresses, *options):
        self.process = subprocess.Popen([LOAD, *options, *addresses], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        until("the load has begun", lambda: self.counts()["ok"] > 0 or self.counts()["failed"] > 0, 20)

    def counts(self):
        if self.process.poll() is not None:
            raise RuntimeError("the load generator ended: " + self.process.stderr.read())
        # Not before its handler is there: the default of SIGUSR1 is to end it.
        until("it takes signals", lambda: blocks(self.process.pid, signal.SIGUSR1), 5)
        self.process.send_signal(signal.SIGUSR1)
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        out, errors = self.process.communicate(timeout=60)
        sys.stderr.write(errors)
        return json.loads(out.splitlines()[-1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def blocks(pid, number):
    mask = int(re.search(r"SigBlk:\s+(\w+)", open(f"/proc/{pid}/status").read()).group(1), 16)
    return bool(mask >> (number - 1) & 1)


KINDS = ("refused", "unreachable", "reset", "timedOut", "serverError", "otherStatus", "short", "malformed", "local")


class Table:
    def __init__(self):
        self.rows = []

    def add(self, scenario, step, requests, failed, detail=""):
        self.rows.append((scenario, step, f"{requests:,}", str(failed), detail))
        print(f"  {scenario}: {step}: {requests} requests, {failed} failed {detail}", file=sys.stderr)

    def difference(self, scenario, step, before, after):
        detail = ", ".join(f"{after[k] - before[k]} {k}" for k in KINDS if after[k] > before[k])
        self.add(scenario, step, after["requests"] - before["requests"], after["failed"] - before["failed"], detail)

    def print(self):
        print("\n| load | meanwhile | requests | failed | how |\n|---|---|---|---|---|")
        for row in self.rows:
            print("| " + " | ".join(row) + " |")


def steps(cluster, name, image):
    """Everything that makes pods come and go, one after the other, `ROUNDS` times."""
    def scale(count):
        cluster.kubectl("scale", f"deployment/{name}", f"--replicas={count}")
        cluster.rolled_out(name)
        until("as many pods", lambda: len(cluster.pods(name)) == count)

    def update():
        cluster.kubectl("set", "image", f"deployment/{name}", f"main={image}:2")
        cluster.rolled_out(name)

    def undo():
        cluster.kubectl("rollout", "undo", f"deployment/{name}")
        cluster.rolled_out(name)

    def delete():
        names = [p["metadata"]["name"] for p in random.sample(cluster.pods(name), 3)]
        cluster.kubectl("delete", "pods", *names)
        cluster.rolled_out(name)

    def restart():
        cluster.kubectl("rollout", "restart", f"deployment/{name}")
        cluster.rolled_out(name)

    return [("image rollout", update), ("rollback", undo), ("scale 10 to 3", lambda: scale(3)),
            ("scale 3 to 10", lambda: scale(10)), ("3 random pods deleted", delete), ("rollout restart", restart)]


def nothing_dropped(cluster, table, image, port):
    addresses = cluster.serve(image, f"{image}:1", port)
    scenario = f"a connection a request, {image}"
    # A rate, so that the rollouts get their part of the machine; 100,000 requests at the least.
    with Load(addresses, "--rate", "1500", "--connections", "64") as load:
        totals = {}
        for _ in range(ROUNDS):
            for step, action in steps(cluster, image, image):
                before = load.counts()
                action()
                after = load.counts()
                sums = totals.setdefault(step, [dict.fromkeys(after, 0), dict.fromkeys(after, 0)])
                for k in ("requests", "failed", *KINDS):
                    sums[0][k] += before[k]
                    sums[1][k] += after[k]
        until("enough requests", lambda: load.counts()["requests"] >= 20_000 * ROUNDS, 300)
        end = load.end()
    for step, (before, after) in totals.items():
        table.difference(scenario, f"{ROUNDS}x {step}", before, after)
    table.difference(scenario, "in all", dict.fromkeys(end, 0), end)
    table.add(scenario, "latency", end["ok"], end["failed"], str(end["milliseconds"]))
    cluster.kubectl("delete", f"deployment/{image}", f"service/{image}")


def without_handshake(cluster, table):
    """A grace of 0 skips the drain: the same load and the same rollout must fail, or the counting above means nothing."""
    addresses = cluster.serve("control", "abrupt:1", 30112, grace=0)
    with Load(addresses, "--rate", "1500", "--connections", "64") as load:
        for _ in range(2):
            # kubectl refuses a second restart within the same second.
            until("kubectl restarts", lambda: cluster.try_kubectl("rollout", "restart", "deployment/control").returncode == 0)
            cluster.rolled_out("control")
        end = load.end()
    table.difference("a connection a request, abrupt", "control: no handshake (grace 0), 2x restart", dict.fromkeys(end, 0), end)
    cluster.kubectl("delete", "deployment/control", "service/control")
    if not end["failed"]:
        raise RuntimeError("the control saw no failure: this benchmark cannot see a drop")


def slow_and_unready(cluster, table):
    addresses = cluster.serve("slow", "abrupt:1", 30113, path="/ready", environment=[("READY_DELAY", "2")])
    with Load(addresses, "--rate", "1500", "--connections", "64") as load:
        before = load.counts()
        cluster.kubectl("rollout", "restart", "deployment/slow")
        cluster.rolled_out("slow")
        between = load.counts()
        table.difference("a connection a request, abrupt", "rollout; 2 s until ready", before, between)
        for pod in cluster.pods("slow")[:3]:
            name, address = pod["metadata"]["name"], pod["status"]["podIP"]
            fetch = lambda path: subprocess.run(["curl", "-s", f"http://{address}{path}"], capture_output=True, text=True).stdout
            fetch("/unready")
            cluster.kubectl("wait", "--for=condition=Ready=false", f"pod/{name}", "--timeout=30s")
            time.sleep(0.2)
            seen = int(fetch("/count"))
            time.sleep(1)
            if int(fetch("/count")) - seen > 2:
                raise RuntimeError(f"{name} is unready and gets requests")
            fetch("/ready-again")
            cluster.kubectl("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=30s")
            until("it gets requests again", lambda: int(fetch("/count")) > seen + 10, 20)
        end = load.end()
    table.difference("a connection a request, abrupt", "3x a pod turns unready and ready", between, end)
    cluster.kubectl("delete", "deployment/slow", "service/slow")


def daemon_killed(cluster, table):
    addresses = cluster.serve("steady", "nginx:1", 30114)
    with Load(addresses, "--rate", "1500", "--connections", "64") as load:
        for _ in range(ROUNDS):
            cluster.daemon.kill()
            cluster.daemon.wait()
            time.sleep(2)
            cluster.start()
            time.sleep(2)
        end = load.end()
    table.difference("a connection a request, nginx", f"{ROUNDS}x kill -9 of the daemon, back after 2 s", dict.fromkeys(end, 0), end)
    cluster.kubectl("delete", "deployment/steady", "service/steady")


def wrk(url, action):
    """wrk beside an action; ended by SIGINT, on which it prints what it has. Its requests and its socket errors."""
    process = subprocess.Popen(["wrk", "-t1", "-c32", "-d600s", "--timeout", "5s", url], stdout=subprocess.PIPE, text=True)
    try:
        time.sleep(1)
        action()
    finally:
        process.send_signal(signal.SIGINT)
        out = process.communicate(timeout=30)[0]
    errors = re.search(r"Socket errors: (.*)", out)
    counts = [int(n) for n in re.findall(r"\d+", errors.group(1))] if errors else []
    return int(re.search(r"(\d+) requests in", out).group(1)), sum(counts), errors.group(1) if errors else ""


def polite_keep_alive(cluster, table):
    """wrk against nginx in swiftlet, and the same nginx sent QUIT by hand, as often."""
    addresses = cluster.serve("polite", "nginx:1", 30115)

    def rollouts():
        for _ in range(ROUNDS):
            cluster.kubectl("rollout", "restart", "deployment/polite")
            cluster.rolled_out("polite")

    ours = wrk(f"http://{addresses[0]}/", rollouts)
    table.add("keep-alive, wrk, nginx", f"{ROUNDS}x rollout restart of 10 ({ROUNDS * 10} QUITs)", *ours)
    cluster.kubectl("delete", "deployment/polite", "service/polite")

    tree = cluster.scratch + "/nginx"
    os.mkdir(tree)
    subprocess.run(f"zstd -dc {IMAGES}/nginx.tar.zst | tar -x -C {tree}", shell=True, check=True)
    # The image's own configuration on a port that several can share: the next one listens before the last one leaves.
    text = open(tree + "/etc/nginx/nginx.conf").read().replace("listen 80;", "listen 127.0.0.1:18090 reuseport;")
    text = text.replace("access_log /dev/stdout", "access_log off")
    open(tree + "/etc/nginx/nginx.conf", "w").write(text)

    def launch(number):
        return subprocess.Popen(["chroot", tree, "/usr/sbin/nginx", "-g", f"pid /run/{number}.pid;"], stderr=subprocess.DEVNULL)

    open(tree + "/etc/nginx/nginx.conf", "w").write(text.replace("pid /run/nginx.pid;\n", ""))
    servers = [launch(n) for n in range(10)]

    def by_hand():
        for n in range(ROUNDS * 10):
            servers.append(launch(10 + n))
            time.sleep(0.2)
            old = servers.pop(0)
            old.send_signal(signal.SIGQUIT)
            old.wait(70)

    try:
        until("nginx answers", lambda: subprocess.run(["curl", "-sf", "-o", "/dev/null", "http://127.0.0.1:18090/"]).returncode == 0)
        table.add("keep-alive, wrk, nginx", f"outside swiftlet, {ROUNDS * 10} QUITs by hand", *wrk("http://127.0.0.1:18090/", by_hand))
    finally:
        for server in servers:
            server.terminate()
            server.wait()


def rude_keep_alive(cluster, table):
    addresses = cluster.serve("rude", "abrupt:1", 30116)
    with Load(addresses, "--keep-alive", "--rate", "1500", "--connections", "32") as load:
        for _ in range(ROUNDS):
            cluster.kubectl("rollout", "restart", "deployment/rude")
            cluster.rolled_out("rude")
        end = load.end()
    table.difference("keep-alive, abrupt", f"{ROUNDS}x rollout restart of 10 (Kubernetes: 16 to 25 an update)", dict.fromkeys(end, 0), end)
    cluster.kubectl("delete", "deployment/rude", "service/rude")


def main():
    table = Table()
    cluster = Cluster()
    try:
        nothing_dropped(cluster, table, "nginx", 30110)
        nothing_dropped(cluster, table, "abrupt", 30111)
        without_handshake(cluster, table)
        slow_and_unready(cluster, table)
        daemon_killed(cluster, table)
        polite_keep_alive(cluster, table)
        rude_keep_alive(cluster, table)
    except Exception:
        sys.stderr.write(open(cluster.scratch + "/daemon.log").read()[-3000:])
        raise
    finally:
        cluster.end()
        print(f"\n{os.cpu_count()} cores, Linux {os.uname().release}")
        table.print()


if __name__ == "__main__":
    main()
