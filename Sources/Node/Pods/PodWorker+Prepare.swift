import Client
import ContainerRuntime
import KubernetesAPI
import Logging

/// What must be there before the first container: volumes, then the sandbox with its address.
extension PodWorker {
    func prepare() async {
        guard stop == nil else { return }
        if places == nil { await prepareVolumes() }
        if places != nil, sandbox == nil { await prepareSandbox() }
    }

    /// Also what expansions and volumes may read of the pod.
    var downward: DownwardAPI { downward(address: sandbox?.address) }

    func downward(address: String?) -> DownwardAPI {
        DownwardAPI(
            pod: pod, podIP: pod.spec.hostNetwork == true ? services.configuration.nodeIP : address,
            hostIP: services.configuration.nodeIP, allocatable: services.allocatable)
    }

    private func prepareVolumes() async {
        let now = services.clock.now()
        guard !retry.volumes.isWaiting(at: now) else { return wakeAt(retry.volumes.next) }
        do {
            places = try await volumes.setUp(pod, downward)
            retry.volumes = Backoff()
            for volume in pod.spec.volumes ?? []
            where volume.emptyDir?.sizeLimit != nil && volume.emptyDir?.medium != "Memory" {
                let message =
                    "volume \"\(volume.name)\": sizeLimit of an emptyDir on disk is not enforced by this node"
                if told.isNew(message) { tell(.warning, "SizeLimitNotEnforced", message) }
            }
        } catch let error as AttachError {
            if told.isNew("\(error)") { tell(.warning, "FailedAttachVolume", "\(error)") }
            // Nothing tells when it is free, and then this pod is what is waited for.
            retry.volumes.failed(at: now, first: .milliseconds(500), longest: .seconds(2))
            wakeAt(retry.volumes.next)
        } catch {
            if told.isNew("\(error)") { tell(.warning, "FailedMount", "\(error)") }
            retry.volumes.failed(at: now, first: .milliseconds(500), longest: .seconds(122))
            wakeAt(retry.volumes.next)
        }
    }

    private func prepareSandbox() async {
        let now = services.clock.now()
        guard !retry.sandbox.isWaiting(at: now) else { return wakeAt(retry.sandbox.next) }
        do {
            // The same address again where the pod already has one: the API has told it to others.
            if let address = status.podIP, pod.spec.hostNetwork != true {
                _ = services.runtime.keepAddress(uid, address)
            }
            let config = sandboxConfig
            ready = ReadyWork()
            let address = try await services.runtime.createSandbox(config) { await self.readyWork(config, $0) }
            try ready.podFiles.get()
            sandbox = SandboxFacts(address: address)
            retry.sandbox = Backoff()
        } catch is CancellationError {
            // The daemon is being stopped; the next one finds what is there.
        } catch {
            let message = "Failed to create pod sandbox: \(error)"
            if told.isNew(message) { tell(.warning, "FailedCreatePodSandBox", message) }
            sandbox = nil
            do { try await services.runtime.removeSandbox(uid) } catch {
                services.logger.warning("cannot remove the failed sandbox of pod \(shown): \(error)")
            }
            retry.sandbox.failed(at: now, first: .seconds(1), longest: .seconds(60))
            wakeAt(retry.sandbox.next)
        }
    }

    private var sandboxConfig: SandboxConfig {
        var config = SandboxConfig(
            podUID: uid, namespace: pod.metadata.namespace ?? "", name: pod.metadata.name ?? "",
            hostname: PodFiles.hostname(of: pod), hostNetwork: pod.spec.hostNetwork == true,
            limits: PodLimits.pod(pod.spec, pids: services.configuration.podPidsLimit), logDirectory: logDirectory,
            gracePeriodSeconds: pod.spec.terminationGracePeriodSeconds ?? 30)
        for sysctl in pod.spec.securityContext?.sysctls ?? [] { config.sysctls[sysctl.name] = sysctl.value }
        return config
    }

    /// The files that every container gets at /etc/hosts, /etc/hostname and /etc/resolv.conf.
    func writePodFiles(_ address: String?) throws {
        let hostNetwork = pod.spec.hostNetwork == true
        let hostname = PodFiles.hostname(of: pod)
        let domain = PodFiles.domain(of: pod, clusterDomain: services.configuration.clusterDomain)
        let nodeHosts = hostNetwork ? String(decoding: try Files.read("/etc/hosts"), as: UTF8.self) : nil
        try Files.makeDirectory(directory.root, mode: 0o750)
        try Files.write(
            PodFiles.hosts(
                ip: address, hostname: hostname, domain: domain, aliases: pod.spec.hostAliases ?? [],
                nodeHosts: nodeHosts), to: directory.hosts)
        try Files.write(hostname + "\n", to: directory.hostname)
        let cluster = services.configuration.clusterDNS.map {
            let domain = services.configuration.clusterDomain
            return ResolverConfig(
                nameservers: $0.nameservers,
                searches: ["\(pod.metadata.namespace ?? "").svc.\(domain)", "svc.\(domain)", domain]
                    + services.nodeResolver.searches, options: ["ndots:5"])
        }
        let resolver = ResolverConfig.pod(pod.spec, node: services.nodeResolver, cluster: cluster).limited
        for omission in resolver.omissions where told.isNew(omission) { tell(.warning, "DNSConfigForming", omission) }
        try Files.write(resolver.config.text, to: directory.resolvConf)
    }

    /// The supervisor is gone and took every process with it, or the machine was started anew.
    func sandboxDied() async {
        let now = services.clock.now()
        for i in records.indices where records[i].isAlive {
            guard let run = records[i].run else { continue }
            tasks.cancel(run.id)
            records[i].end(
                .init(
                    id: run.id, exitCode: 137, reason: "ContainerStatusUnknown",
                    message: "The container could not be located when the pod was terminated",
                    startedAt: run.startedAt, finishedAt: now))
        }
        sandbox?.isReady = false
        guard state.mayStart, stop == nil, !isGone, pod.metadata.deletionTimestamp == nil else { return }
        // What ended for good needs no sandbox again.
        if PodPlan(records: records, policy: policy, now: now).isFinished { return }
        tell(.normal, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
        do { try await services.runtime.removeSandbox(uid) } catch {
            services.logger.warning("cannot remove the dead sandbox of pod \(shown): \(error)")
        }
        sandbox = nil
        // What failed for want of the sandbox need not wait.
        for i in records.indices { records[i].imageBackoff = ImageBackoff() }
        // A new sandbox begins with its init containers again; an app container that is done stays done.
        for i in records.indices where records[i].run?.ended != nil {
            if records[i].isInit || records[i].restarts(policy) { records[i].prepareNextRun() }
        }
        // Memory volumes and what the pod's files say are made anew; the rest is found in place.
        places = nil
    }

    func refreshVolumes() async {
        guard places != nil, state < .terminating else { return }
        do { try await volumes.refresh(pod, downward) } catch {
            if told.isNew("\(error)") { tell(.warning, "FailedMount", "\(error)") }
        }
    }

    func watchReferences() async {
        let references = PodReference.all(of: pod)
        guard !references.isEmpty else { return }
        let inbox = inbox
        await services.references.watch(references, for: uid) { inbox.put { $0.referencesChanged = true } }
    }
}
