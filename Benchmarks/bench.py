#!/usr/bin/env python3
"""Measures what a pod costs, beside the kernel's floor, in one run on one machine, and prints the README's table.

usage: bench.py SWIFTLET KUBECTL ROOTFS-TARBALL FLOOR-PROGRAM
Times are taken where a client sees them: at a watch over HTTPS, by this process's monotonic clock.
"""
import base64, json, os, re, shutil, signal, ssl, statistics, subprocess, sys, tempfile, threading, time
import http.client

SWIFTLET, KUBECTL, ROOTFS, FLOOR = sys.argv[1:5]
PORT = 26443


class API:
    """The administrator's connection, made from the kubeconfig that the daemon wrote."""

    def __init__(self, kubeconfig):
        text = open(kubeconfig).read()

        def embedded(name):
            path = tempfile.NamedTemporaryFile(delete=False, dir=os.path.dirname(kubeconfig))
            path.write(base64.b64decode(re.search(name + r':\s*"?([A-Za-z0-9+/=]+)', text).group(1)))
            path.close()
            return path.name

        self.context = ssl.create_default_context(cafile=embedded("certificate-authority-data"))
        self.context.load_cert_chain(embedded("client-certificate-data"), embedded("client-key-data"))
        self.context.check_hostname = False

    def connect(self):
        return http.client.HTTPSConnection("127.0.0.1", PORT, context=self.context)

    def request(self, method, path, body=None):
        connection = self.connect()
        connection.request(method, path, body=json.dumps(body) if body else None, headers={"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text)


class PodWatch(threading.Thread):
    """Every pod's milestones, each with the moment at which the watch told it."""

    def __init__(self, api):
        super().__init__(daemon=True)
        self.api, self.lock, self.seen, self.closed = api, threading.Condition(), {}, False
        revision = api.request("GET", "/api/v1/namespaces/default/pods")["metadata"]["resourceVersion"]
        self.connection = api.connect()
        self.connection.request("GET", f"/api/v1/namespaces/default/pods?watch=true&resourceVersion={revision}")
        self.answer = self.connection.getresponse()
        self.start()

    def run(self):
        buffer = b""
        while not self.closed:
            try:
                chunk = self.answer.read1(1 << 20)
            except Exception:
                return
            now = time.monotonic()
            if not chunk:
                return
            buffer += chunk
            *lines, buffer = buffer.split(b"\n")
            with self.lock:
                for line in filter(None, lines):
                    self.note(json.loads(line), now)
                self.lock.notify_all()

    def note(self, event, now):
        pod = event["object"]
        marks = self.seen.setdefault(pod["metadata"]["name"], {"labels": pod["metadata"].get("labels", {})})
        marks.setdefault("created", now)
        if pod["spec"].get("nodeName"):
            marks.setdefault("bound", now)
        if pod["status"].get("phase") == "Running":
            marks.setdefault("running", now)
        if any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", [])):
            marks.setdefault("ready", now)
        if event["type"] == "DELETED":
            marks["gone"] = now

    def wait(self, condition, bound=120):
        end = time.monotonic() + bound
        with self.lock:
            while not condition(self.seen):
                if not self.lock.wait(timeout=max(0, end - time.monotonic())):
                    raise RuntimeError("waited too long; the daemon's log tells more")
            return time.monotonic()


def memory(pid, *names):
    """Kilobytes of a process, the sum of the named lines of smaps_rollup."""
    text = open(f"/proc/{pid}/smaps_rollup").read()
    return sum(int(re.search(rf"^{name}:\s+(\d+)", text, re.M).group(1)) for name in names)


def settle():
    """The kernel takes network namespaces down behind us, holding the lock that the next start needs: neither side shall
    pay for what the other left."""
    time.sleep(0.2)


def deployment(name, replicas, image, grace=1):
    return {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"terminationGracePeriodSeconds": grace, "containers": [{"name": "main", "image": image}]}}}}


def main():
    rows = []
    scratch = tempfile.mkdtemp(prefix="swiftlet-bench-")
    # As on a machine with systemd, where /run is a tmpfs.
    data, run = scratch + "/data", tempfile.mkdtemp(prefix="swiftlet-bench-", dir=memory_directory())
    kubectl = lambda *words, **more: subprocess.run(
        [KUBECTL, "--kubeconfig", data + "/kubeconfig", *words], check=True, capture_output=True, text=True,
        env={**os.environ, "HOME": scratch}, **more).stdout
    log = open(scratch + "/daemon.log", "w")
    daemon = subprocess.Popen(
        [SWIFTLET, "server", "--data-dir", data, "--run-dir", run, "--listen", f"127.0.0.1:{PORT}", "--node-name", "bench",
         "--node-ip", "127.0.0.1", "--pod-cidr", "10.88.0.0/16", "--service-cidr", "10.89.0.0/16"],
        stdout=log, stderr=log)
    try:
        started = time.monotonic()
        while True:
            try:
                kubectl("get", "--raw", "/readyz")
                break
            except subprocess.CalledProcessError:
                if daemon.poll() is not None or time.monotonic() - started > 60:
                    raise RuntimeError("the daemon did not become ready: " + open(scratch + "/daemon.log").read()[-2000:])
                time.sleep(0.05)
        for tag in ("bench:1", "bench:2"):
            subprocess.run(
                [SWIFTLET, "image", "import", tag, ROOTFS, "--data-dir", data, "--env", f"TAG={tag}", "--entrypoint", "/bin/busybox",
                 "--cmd", "sleep", "--cmd", "1000000"], check=True, capture_output=True)
        api = API(data + "/kubeconfig")
        pods = "/api/v1/namespaces/default/pods"
        # Idle: what it took to start is given back, which it looks after every ten seconds.
        time.sleep(12)
        rows.append(("daemon idle, resident", f"{memory(daemon.pid, 'Rss') / 1024:.1f} MB", "at most 60 MB"))

        # One pod at a time, in turn with the floor, so that both meet the same machine.
        watch = PodWatch(api)
        # Nothing is removed before all have started: ext4 looks for every new inode among those that were deleted in the last
        # minutes (recently_deleted() in fs/ext4/ialloc.c), and both sides would become slower from turn to turn.
        image = scratch + "/image"
        os.mkdir(image)
        subprocess.run(["tar", "-C", image, "-xf", ROOTFS], check=True)
        ours, floor = [], []
        for n in range(40):
            name = f"one-{n}"
            api.request("POST", pods, {
                "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
                "spec": {"terminationGracePeriodSeconds": 0, "containers": [{"name": "main", "image": "bench:1"}]}})
            watch.wait(lambda seen: "running" in seen.get(name, {}))
            marks = watch.seen[name]
            ours.append((marks["running"] - marks["bound"]) * 1000)
            settle()
            out = subprocess.run([FLOOR, image, scratch], capture_output=True, text=True)
            if out.returncode == 0:
                floor.append(float(out.stdout.split()[0]))
            settle()
        for n in range(len(ours)):
            api.request("DELETE", f"{pods}/one-{n}?gracePeriodSeconds=0")
        watch.wait(lambda seen: all("gone" in m for m in seen.values()))
        ours, floor = ours[5:], floor[5:]
        median = statistics.median(ours)
        if floor:
            rows.append(("the floor: a C program, the same kernel calls (p50)", f"{statistics.median(floor):.2f} ms", ""))
            rows.append(("pod start, bound to Running at a watch (p50)", f"{median:.2f} ms",
                         f"{median / statistics.median(floor):.2f}x the floor; at most 2x"))
        else:
            rows.append(("pod start, bound to Running at a watch (p50)", f"{median:.2f} ms", f"no floor: {out.stderr.strip()}"))
        rows.append(("pod start (p95)", f"{sorted(ours)[int(len(ours) * 0.95)]:.2f} ms", ""))

        def ready(app, count):
            return lambda seen: sum(
                1 for m in seen.values() if m["labels"].get("app") == app and "ready" in m and "gone" not in m) >= count

        def apply(*objects):
            text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
            begun = time.monotonic()
            kubectl("apply", "-f", "-", input=text)
            return begun

        begun = apply(deployment("single", 1, "bench:1"))
        rows.append(("kubectl apply to Ready, 1 pod", f"{watch.wait(ready('single', 1)) - begun:.2f} s", ""))
        api.request("DELETE", "/apis/apps/v1/namespaces/default/deployments/single")

        begun = apply(deployment("fifty", 50, "bench:1"))
        rows.append(("kubectl apply to Ready, 50 pods", f"{watch.wait(ready('fifty', 50)) - begun:.2f} s", "at most 3 s"))
        time.sleep(2)
        rows.append(("daemon with 50 pods, resident", f"{memory(daemon.pid, 'Rss') / 1024:.1f} MB", ""))
        supervisors = [int(p) for p in os.listdir("/proc") if p.isdigit() and is_supervisor(p, run)]
        private = [memory(p, "Private_Clean", "Private_Dirty") for p in supervisors]
        rows.append((f"one supervisor, private (median of {len(private)})", f"{statistics.median(private)} kB" if private else "?", "at most 2048 kB"))

        begun = time.monotonic()
        kubectl("delete", "deployment", "fifty", "--wait=false")
        end = watch.wait(lambda seen: all("gone" in m for m in seen.values() if m["labels"].get("app") == "fifty"))
        rows.append(("deletion of 50 pods (grace 1 s, SIGTERM ignored)", f"{end - begun:.2f} s", ""))

        apply(deployment("ten", 10, "bench:1"))
        watch.wait(ready("ten", 10))
        before = set(watch.seen)
        begun = apply(deployment("ten", 10, "bench:2"))
        new = lambda seen: [m for n, m in seen.items() if n not in before and m["labels"].get("app") == "ten"]
        end = watch.wait(lambda seen: sum("ready" in m for m in new(seen)) >= 10)
        gone = watch.wait(lambda seen: all("gone" in seen[n] for n in before if seen[n]["labels"].get("app") == "ten"))
        rows.append(("rolling update of 10: new ready / old gone", f"{end - begun:.2f} / {gone - begun:.2f} s", ""))
        kubectl("delete", "deployment", "ten", "--wait=false")
        watch.wait(lambda seen: all("gone" in m for m in seen.values()))
        watch.closed = True
    except Exception:
        sys.stderr.write(open(scratch + "/daemon.log").read()[-3000:])
        raise
    finally:
        daemon.send_signal(signal.SIGTERM)
        try:
            daemon.wait(20)
        except subprocess.TimeoutExpired:
            daemon.kill()
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.rmtree(run, ignore_errors=True)

    load = open("/proc/loadavg").read().split()
    print(f"\n{os.cpu_count()} cores, Linux {os.uname().release}; load at the end {load[0]}; "
          f"{load[3].split('/')[0]} runnable threads\n")
    print("| measured | figure | mark |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def memory_directory():
    mounts = [line.split()[1:3] for line in open("/proc/mounts")]
    return next(path for path in ("/run", "/dev/shm") if [path, "tmpfs"] in mounts)


def is_supervisor(pid, run):
    try:
        line = open(f"/proc/{pid}/cmdline").read().split("\0")
    except OSError:
        return False
    return line[0] == "swiftlet-supervisor" and any(pod in line for pod in os.listdir(run + "/pods"))


if __name__ == "__main__":
    main()
