#!/usr/bin/env python3
"""5,000 Services with 10 endpoints each beside one Service: how soon a change is in the kernel, what a request costs, memory.

usage: scale.py SWIFTLET KUBECTL ROOTFS-DIRECTORY LOAD-GENERATOR
As root. Two daemons, each in a network namespace of its own: "one" has a single Service, "many" has SERVICES more. Both serve
the same page from a pod, and are asked in turn, so that both meet the same machine. The Services have no selector; their
EndpointSlices are written here, through the API. The kernel's own notifications say when a change is in the table.
"""
import base64, ctypes, http.client, json, os, re, shutil, signal, socket, ssl, statistics, struct, subprocess, sys, tempfile
import threading, time

SWIFTLET, KUBECTL, IMAGES, LOAD = sys.argv[1:5]
SERVICES = int(os.environ.get("SERVICES", "5000"))
ENDPOINTS = 10
CHANGES = int(os.environ.get("CHANGES", "300"))
TURNS = int(os.environ.get("TURNS", "60"))
NODE = "198.51.100.1"
LIBC = ctypes.CDLL(None, use_errno=True)


def until(what, condition, bound=180):
    end = time.monotonic() + bound
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("waited too long until " + what)
        time.sleep(0.02)


class Changes(threading.Thread):
    """The kernel's notifications of nftables changes in a namespace (NFNLGRP_NFTABLES), with the time at which each came."""

    def __init__(self, namespace):
        super().__init__(daemon=True)
        self.namespace, self.wanted, self.found, self.last, self.events = namespace, None, threading.Event(), 0.0, 0
        self.ready = threading.Event()
        self.start()
        self.ready.wait(10)

    def run(self):
        # A thread may be in another network namespace than its process; its sockets stay there.
        with open(self.namespace) as fd:
            if LIBC.setns(fd.fileno(), 0x40000000):
                raise OSError(ctypes.get_errno(), "setns")
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 256 << 20)  # SO_RCVBUFFORCE
        self.socket.bind((0, 0))
        self.socket.setsockopt(270, 1, 7)  # NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTABLES
        self.ready.set()
        while True:
            try:
                data = self.socket.recv(1 << 20)
            except OSError:
                continue  # overrun: what is waited for comes again, or the wait ends
            now = time.monotonic()
            self.last, self.events = now, self.events + 1
            if self.wanted and self.wanted in data:
                self.wanted, self.at = None, now
                self.found.set()

    def expect(self, data):
        self.found.clear()
        self.wanted = data

    def wait(self):
        if not self.found.wait(10):
            raise RuntimeError("the kernel was not changed")
        return self.at


class API:
    """One kept connection to the API server, as its administrator."""

    def __init__(self, kubeconfig, port, namespace):
        text = open(kubeconfig).read()
        pick = lambda name: base64.b64decode(re.search(name + ": (\\S+)", text).group(1))
        context = ssl.create_default_context(cadata=pick("certificate-authority-data").decode())
        with tempfile.NamedTemporaryFile() as pair:
            pair.write(pick("client-certificate-data") + b"\n" + pick("client-key-data"))
            pair.flush()
            context.load_cert_chain(pair.name)
        self.connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=60)
        # Connected from within the namespace, where the daemon listens.
        def connect():
            with open(namespace) as fd:
                if LIBC.setns(fd.fileno(), 0x40000000):
                    raise OSError(ctypes.get_errno(), "setns")
            self.connection.connect()
            self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(target=connect)
        thread.start()
        thread.join()

    def ask(self, method, path, body=None):
        self.connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        data = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {data.decode()}")
        return json.loads(data)


class Daemon:
    def __init__(self, name, number):
        self.name, self.port = name, 26450 + number
        self.scratch = tempfile.mkdtemp(prefix=f"swiftlet-scale-{name}-")
        self.data = self.scratch + "/data"
        self.log = open(self.scratch + "/daemon.log", "w")
        # Keeps the namespace while the daemon is away.
        self.keeper = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", "-n", "sleep", "infinity"])
        until("the namespace is there", lambda: os.readlink(f"/proc/{self.keeper.pid}/ns/net") != os.readlink("/proc/self/ns/net"))
        self.namespace = f"/proc/{self.keeper.pid}/ns/net"
        for words in ("link set lo up", "link add outside type veth peer beyond", "link set beyond up",
                      f"addr add {NODE}/24 dev outside", "link set outside up",
                      "route add default dev outside"):
            subprocess.run([*self.enter, "ip", *words.split()], check=True)
        self.start()

    @property
    def enter(self):
        return ["nsenter", f"--net={self.namespace}"]

    def start(self):
        self.began = time.monotonic()
        self.daemon = subprocess.Popen(
            [*self.enter, SWIFTLET, "server", "--data-dir", self.data, "--run-dir", self.scratch + "/run", "--listen",
             f"127.0.0.1:{self.port}", "--node-name", self.name, "--node-ip", NODE, "--pod-cidr", "10.88.0.0/16",
             "--service-cidr", "10.89.0.0/16"], stdout=self.log, stderr=self.log, start_new_session=True)
        until("the daemon is ready", lambda: self.try_kubectl("get", "--raw", "/readyz").returncode == 0)

    def try_kubectl(self, *words, text=None):
        return subprocess.run([*self.enter, KUBECTL, "--kubeconfig", self.data + "/kubeconfig", *words], capture_output=True,
                              text=True, input=text, env={**os.environ, "HOME": self.scratch})

    def kubectl(self, *words, text=None):
        result = self.try_kubectl(*words, text=text)
        if result.returncode:
            raise RuntimeError(f"kubectl {' '.join(words)}: {result.stderr}")
        return result.stdout

    def serve(self):
        """A pod, a Service, and the two addresses of its page."""
        config = json.load(open(f"{IMAGES}/nginx.json"))
        words = [w for k, o in (("entrypoint", "--entrypoint"), ("env", "--env")) for v in config.get(k, []) for w in (o, v)]
        subprocess.run([SWIFTLET, "image", "import", "nginx:1", f"{IMAGES}/nginx.tar.zst", "--data-dir", self.data, *words,
                        "--env", "TAG=1", "--stop-signal", config["stopSignal"]], check=True, capture_output=True)
        page = {"name": "main", "image": "nginx:1", "readinessProbe": {"periodSeconds": 1, "httpGet": {"path": "/", "port": 80}}}
        client = {"name": "main", "image": "nginx:1", "command": ["sleep", "infinity"],
                  "env": [{"name": "CLIENT_OF", "value": self.scratch}]}
        pod = lambda name, container: {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}},
                                       "spec": {"terminationGracePeriodSeconds": 1, "containers": [container]}}
        service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "page"},
                   "spec": {"selector": {"app": "page"}, "ports": [{"port": 80}]}}
        items = [pod("page", page), pod("client", client), service]
        self.kubectl("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        self.kubectl("wait", "--for=condition=Ready", "pod/page", "pod/client", "--timeout=60s")
        self.service = self.kubectl("get", "service", "page", "-o", "jsonpath={.spec.clusterIP}") + ":80"
        self.pod = self.kubectl("get", "pod", "page", "-o", "jsonpath={.status.podIP}") + ":80"
        until("the Service answers", lambda: self.load(self.service, "--requests", "1")["ok"] == 1)

    def client_namespace(self):
        """The network namespace of the pod "client", whose process says in its environment whose it is."""
        mark = f"CLIENT_OF={self.scratch}\0".encode()
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                if mark in open(f"/proc/{process}/environ", "rb").read():
                    return f"/proc/{process}/ns/net"
            except OSError:
                continue  # it ended meanwhile
        raise RuntimeError("the pod client has no process")

    def load(self, address, *options, within=None):
        out = subprocess.run(["nsenter", f"--net={within or self.namespace}", LOAD, *options, address], capture_output=True,
                             text=True).stdout
        return json.loads(out.splitlines()[-1])

    def memory(self):
        """VmRSS and its peak, MiB. nsenter becomes the daemon, so the process is the daemon's."""
        status = open(f"/proc/{self.daemon.pid}/status").read()
        return tuple(int(re.search(name + r":\s+(\d+)", status).group(1)) / 1024 for name in ("VmRSS", "VmHWM"))

    def stop(self, how=signal.SIGTERM):
        self.daemon.send_signal(how)
        self.daemon.wait(60)

    def end(self):
        if self.daemon.poll() is not None:
            self.start()
        self.try_kubectl("delete", "pods", "--all", "--grace-period=1", "--timeout=60s")
        self.stop()
        self.keeper.kill()
        self.keeper.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)


def endpoint(service, number):
    """Elsewhere: nobody asks these."""
    return f"10.{100 + number}.{service // 250}.{1 + service % 250}"


def slice_of(service, count=ENDPOINTS):
    return {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {"name": f"s{service}", "labels": {"kubernetes.io/service-name": f"s{service}"}},
            "ports": [{"name": "", "port": 80, "protocol": "TCP"}],
            "endpoints": [{"addresses": [endpoint(service, n)], "conditions": {"ready": True}} for n in range(count)]}


def fill(daemon):
    def part(first):
        api = API(daemon.data + "/kubeconfig", daemon.port, daemon.namespace)
        for n in range(first, SERVICES, 4):
            api.ask("POST", "/api/v1/namespaces/default/services", {
                "apiVersion": "v1", "kind": "Service", "metadata": {"name": f"s{n}"}, "spec": {"ports": [{"port": 80}]}})
            api.ask("POST", SLICES, slice_of(n))
    threads = [threading.Thread(target=part, args=(n,)) for n in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()


SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"


def change_times(daemon, changes):
    """One endpoint goes or comes; from the request's first byte, and from its answer, to the kernel's notification."""
    api = API(daemon.data + "/kubeconfig", daemon.port, daemon.namespace)
    from_request, from_answer = [], []
    for round in range(CHANGES):
        service = round // 2 * 37 % SERVICES
        body = slice_of(service, ENDPOINTS - 1 + round % 2)
        changes.expect(socket.inet_aton(endpoint(service, ENDPOINTS - 1)))
        began = time.monotonic()
        api.ask("PUT", f"{SLICES}/s{service}", body)
        answered = time.monotonic()
        at = changes.wait()
        from_request.append((at - began) * 1000)
        from_answer.append(max(0.0, at - answered) * 1000)
        # Each on its own, not one behind the other.
        time.sleep(0.01)
    return from_request, from_answer



def table_complete(daemon, changes):
    """Seconds from the daemon's start to the last notification of its table."""
    until("the table is made", lambda: changes.last > daemon.began and time.monotonic() - changes.last > 1)
    return changes.last - daemon.began


def points(values):
    values = sorted(values)
    return f"p50 {statistics.median(values):.2f}, p99 {values[len(values) * 99 // 100]:.2f}, worst {values[-1]:.2f} ms"


# A connection a request, ended by the client with RST: nothing waits in the server's TIME_WAIT. What does would take the SYN of
# whoever comes from the same port by the pod's other address for an old one, since a client's timestamps count from another
# number for each address it asks (TcpExtPAWSTimewait): a second's pause that neither way has in itself.
KINDS = (("keep-alive", ("--keep-alive",)), ("a connection a request", ("--reset",)))


def latencies(one, many, *options):
    """Microseconds: the medians of both Services and of the pods' own addresses, asked in turn in short runs, and the median of
    the turns' ratios."""
    ways = [(one, one.service), (many, many.service), (one, one.pod), (many, many.pod)]
    rows = []
    for turn in range(TURNS):
        row = {}
        # Whoever comes first may meet a colder machine: each is first as often.
        for n in range(4):
            way = (n + turn) % 4
            daemon, address = ways[way]
            out = daemon.load(address, "--connections", "1", "--requests", "300", *options)
            row[way] = 1e6 * out["seconds"] / out["ok"]
        rows.append(row)
    middle = [statistics.median(r[i] for r in rows) for i in range(4)]
    return middle, statistics.median(r[1] / r[0] for r in rows)


PLAIN = "10.90.0.1"


def plain_rules(pod):
    """The least that the kernel can do to lead one address to another: a rule a hook, of this benchmark's own."""
    chain = lambda hook: f"chain {hook} {{ type nat hook {hook} priority -90; ip daddr {PLAIN} tcp dport 80 dnat to {pod}; }}\n"
    return f"table ip benchmark {{\n{chain('prerouting')}{chain('output')}}}"


def beside_the_pod(daemon, within, *options):
    """Requests a second of 16 connections through the Service, through one plain rule, and at the pod's address, in turn. A turn
    differs from the next by a fifth, by where the scheduler puts both sides: so many turns, and all their time together."""
    ways = [daemon.service, PLAIN + ":80", daemon.pod]
    seconds, requests = [0.0] * 3, 3000
    for turn in range(TURNS * 2):
        for n in range(3):
            way = (n + turn) % 3
            out = daemon.load(ways[way], "--connections", "16", "--requests", str(requests), *options, within=within)
            seconds[way] += out["seconds"]
    service, plain, pod = (requests * TURNS * 2 / s for s in seconds)
    return f"{service:,.0f} / {plain:,.0f} / {pod:,.0f} a second: {service / pod:.1%} / {plain / pod:.1%}"


def names(daemon):
    """What dns.sh measures of this daemon's DNS: it makes 1,000 Services more and removes them."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "dns.sh")
    out = subprocess.run([*daemon.enter, script, "10.89.0.10"], capture_output=True, text=True, check=True,
                         env={**os.environ, "KUBECTL": KUBECTL, "KUBECONFIG": daemon.data + "/kubeconfig"}).stdout
    return [("DNS: " + what, figures) for what, figures in re.findall(r"^(.*?)  +(.*)$", out, re.M)]


def main():
    daemons = []
    try:
        one = Daemon("one", 0)
        daemons.append(one)
        many = Daemon("many", 1)
        daemons.append(many)
        one.serve()
        many.serve()
        print("both serve", file=sys.stderr)
        rows = [("memory with one Service", "%.0f MiB, peak %.0f MiB" % one.memory())]
        changes = Changes(many.namespace)
        began = time.monotonic()
        fill(many)
        rows.append((f"{SERVICES:,} Services and slices made through the API", f"{time.monotonic() - began:.1f} s"))
        until("the kernel is quiet", lambda: time.monotonic() - changes.last > 1)
        rows.append((f"memory with {SERVICES:,} x {ENDPOINTS}", "%.0f MiB, peak %.0f MiB" % many.memory()))
        print(rows, file=sys.stderr)
        from_request, from_answer = change_times(many, changes)
        rows.append(("one endpoint's change, request to kernel", points(from_request)))
        rows.append(("one endpoint's change, answer to kernel", points(from_answer)))
        print(rows[-2:], file=sys.stderr)
        for kind, options in KINDS:
            middle, ratio = latencies(one, many, *options)
            rows.append((f"request, {kind}: one / {SERVICES:,} Services (pods' addresses)",
                         f"{middle[0]:.0f} / {middle[1]:.0f} us ({middle[2]:.0f} / {middle[3]:.0f}), "
                         f"median of the turns' ratios {ratio:.3f}"))
            print(rows[-1], file=sys.stderr)
        rows += names(many)
        print(rows[-3:], file=sys.stderr)
        subprocess.run([*one.enter, "nft", "-f", "-"], input=plain_rules(one.pod), text=True, check=True)
        for client, within in (("a pod", one.client_namespace()), ("the host", one.namespace)):
            for kind, options in KINDS:
                rows.append((f"through the Service / one dnat rule / at the pod, client in {client}, {kind}",
                             beside_the_pod(one, within, *options)))
                print(rows[-1], file=sys.stderr)
        for daemon in (one, many):
            watched = changes if daemon is many else Changes(one.namespace)
            times = []
            for _ in range(3):
                daemon.stop(signal.SIGKILL)
                daemon.start()
                ready = time.monotonic() - daemon.began
                times.append((table_complete(daemon, watched), ready))
            table, ready = (statistics.median(t[i] for t in times) for i in (0, 1))
            rows.append((f"start after kill -9, {daemon.name}", f"ready {ready:.2f} s, table complete {table:.2f} s"))
            print(rows[-1], file=sys.stderr)
        rows.append(("memory after that start, many", "%.0f MiB, peak %.0f MiB" % many.memory()))
    except BaseException:
        for daemon in daemons:
            sys.stderr.write(open(daemon.scratch + "/daemon.log").read()[-2000:])
        raise
    finally:
        for daemon in reversed(daemons):
            daemon.end()
    print(f"\n{os.cpu_count()} cores, Linux {os.uname().release}, load {os.getloadavg()[0]:.1f}\n\n| what | figure |\n|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
