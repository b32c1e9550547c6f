public import Client
import KubernetesAPI
public import Logging

/// All controllers over one set of informers.
public struct ControllerManager: Sendable {
    private let client: any Client
    private let clock: any WallClock
    private let logger: Logger
    private let volumesDirectory: String
    private let nodeLife: NodeLifecycleSettings

    /// - Parameters:
    ///   - volumesDirectory: where the directories of claims go whose StorageClass names no path.
    ///   - nodeLife: when nodes count as lost, and how fast they lose their pods.
    public init(
        client: any Client, volumesDirectory: String, nodeLife: NodeLifecycleSettings = NodeLifecycleSettings(),
        clock: any WallClock = SystemClock(), logger: Logger
    ) {
        self.client = client
        self.volumesDirectory = volumesDirectory
        self.nodeLife = nodeLife
        self.clock = clock
        self.logger = logger
    }

    /// Runs until the task is cancelled. Everything it knows comes from the server, so it may be ended and started anew at
    /// any time.
    public func run() async throws {
        let informers = Informers(client, clock: clock, logger: logger)
        let parts = parts(informers)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await informers.run() }
            for part in parts {
                if let recorder = part.recorder { group.addTask { await recorder.run() } }
            }
            try await informers.waitUntilSynced()
            for part in parts { group.addTask { await part.run() } }
        }
        try Task.checkCancellation()
    }

    /// One controller, wired to its informers.
    struct Part: Sendable {
        var recorder: EventRecorder?
        var run: @Sendable () async -> Void
    }

    private func parts(_ informers: Informers) -> [Part] {
        [
            deployment(informers),
            replicaSet(informers),
            daemonSet(informers),
            garbageCollector(informers),
            namespace(informers),
            serviceAccount(informers),
            persistentVolume(informers),
            attachment(informers),
            nodeLifecycle(informers),
            taintEviction(informers),
            podGarbage(informers),
            mirroring(informers),
            loadBalancer(informers),
            disruption(informers),
        ] + endpoints(informers)
    }

    /// Both forms of a service's endpoints, over one index of who selects whom.
    private func endpoints(_ informers: Informers) -> [Part] {
        let services = informers(Service.self)
        let pods = informers(Pod.self)
        let selection = ServiceSelection(services: services, pods: pods)
        // Before the controllers hear of a change, the index knows it.
        services.onChange(selection.serviceChanged)
        pods.onChange(selection.podChanged)

        let slices = EndpointSliceController(
            client: client, services: services, slices: informers(EndpointSlice.self), selection: selection,
            clock: clock)
        let loop = loop("endpointslice")
        let older = EndpointsController(
            client: client, services: services, endpoints: informers(Endpoints.self), selection: selection)
        let slow = self.loop("endpoints")
        services.onChange { old, new in
            loop.add(slices.serviceChanged(old: old, new: new))
            slow.add(older.serviceChanged(old: old, new: new), after: EndpointsController.pause)
        }
        pods.onChange { old, new in
            let changed = slices.podChanged(old: old, new: new)
            loop.add(changed)
            slow.add(changed, after: EndpointsController.pause)
        }
        informers(EndpointSlice.self).onChange { loop.add(slices.sliceChanged(old: $0, new: $1)) }
        informers(Endpoints.self).onChange { old, new in
            slow.add((new ?? old).map { [$0.objectName] } ?? [], after: EndpointsController.pause)
        }
        return [
            Part { await loop.run(workers: 4) { try await slices.reconcile($0) } },
            Part { await slow.run(workers: 2) { try await older.reconcile($0) } },
        ]
    }

    private func mirroring(_ informers: Informers) -> Part {
        let loop = loop("endpointslicemirroring")
        let controller = MirroringController(
            client: client, services: informers(Service.self), endpoints: informers(Endpoints.self),
            slices: informers(EndpointSlice.self))
        informers(Service.self).onChange { loop.add(controller.serviceChanged(old: $0, new: $1)) }
        informers(Endpoints.self).onChange { loop.add(controller.endpointsChanged(old: $0, new: $1)) }
        informers(EndpointSlice.self).onChange { loop.add(controller.sliceChanged(old: $0, new: $1)) }
        return Part { await loop.run(workers: 1) { try await controller.reconcile($0) } }
    }

    private func loadBalancer(_ informers: Informers) -> Part {
        let loop = loop("loadbalancer")
        let controller = LoadBalancerController(
            client: client, services: informers(Service.self), nodes: informers(Node.self))
        informers(Service.self).onChange { loop.add(controller.serviceChanged(old: $0, new: $1)) }
        informers(Node.self).onChange { loop.add(controller.nodeChanged(old: $0, new: $1)) }
        return Part { await loop.run(workers: 1) { try await controller.reconcile($0) } }
    }

    private func recorder(_ component: String) -> EventRecorder {
        EventRecorder(client, component: component, clock: clock, logger: logger)
    }

    private func loop(_ name: String) -> ControllerLoop { ControllerLoop(name, clock: clock, logger: logger) }

    private func deployment(_ informers: Informers) -> Part {
        let recorder = recorder("deployment-controller")
        let loop = loop("deployment")
        let controller = DeploymentController(
            client: client, deployments: informers(Deployment.self), sets: informers(ReplicaSet.self),
            pods: informers(Pod.self), events: recorder, clock: clock)
        informers(Deployment.self).onChange { loop.add(controller.deploymentChanged(old: $0, new: $1)) }
        informers(ReplicaSet.self).onChange { loop.add(controller.setChanged(old: $0, new: $1)) }
        informers(Pod.self).onChange { loop.add(controller.podChanged(old: $0, new: $1)) }
        return Part(recorder: recorder) { await loop.run(workers: 4) { try await controller.reconcile($0) } }
    }

    private func replicaSet(_ informers: Informers) -> Part {
        let recorder = recorder("replicaset-controller")
        let loop = loop("replicaset")
        let controller = ReplicaSetController(
            client: client, sets: informers(ReplicaSet.self), pods: informers(Pod.self), events: recorder, clock: clock)
        informers(ReplicaSet.self).onChange { loop.add(controller.setChanged(old: $0, new: $1)) }
        informers(Pod.self).onChange { loop.add(controller.podChanged(old: $0, new: $1)) }
        return Part(recorder: recorder) { await loop.run(workers: 4) { try await controller.reconcile($0) } }
    }

    private func daemonSet(_ informers: Informers) -> Part {
        let recorder = recorder("daemonset-controller")
        let loop = loop("daemonset")
        let controller = DaemonSetController(
            client: client, sets: informers(DaemonSet.self), revisions: informers(ControllerRevision.self),
            pods: informers(Pod.self), nodes: informers(Node.self), events: recorder, clock: clock)
        informers(DaemonSet.self).onChange { loop.add(controller.setChanged(old: $0, new: $1)) }
        informers(ControllerRevision.self).onChange { loop.add(controller.revisionChanged(old: $0, new: $1)) }
        informers(Pod.self).onChange { loop.add(controller.podChanged(old: $0, new: $1)) }
        informers(Node.self).onChange { loop.add(controller.nodeChanged(old: $0, new: $1)) }
        return Part(recorder: recorder) { await loop.run(workers: 2) { try await controller.reconcile($0) } }
    }

    /// Every kind but events: they belong to nobody, and there are many.
    private var kinds: [any APIObject.Type] { Kinds.all.filter { $0 != Event.self } }

    private func access(_ kind: any APIObject.Type) -> KindAccess {
        func open<T: APIObject>(_ type: T.Type) -> KindAccess { KindAccess(type, client) }
        return open(kind)
    }

    private func garbageCollector(_ informers: Informers) -> Part {
        let collector = GarbageCollector(kinds: kinds.map(access), clock: clock, logger: logger)
        func follow<T: APIObject>(_ type: T.Type) {
            informers(type).onChange { collector.changed(old: $0, new: $1) }
        }
        for kind in kinds { follow(kind) }
        return Part { await collector.run(workers: 8) }
    }

    private func namespace(_ informers: Informers) -> Part {
        let loop = loop("namespace")
        let controller = NamespaceController(
            client: client, namespaces: informers(Namespace.self), kinds: Kinds.all.map(access), clock: clock)
        informers(Namespace.self).onChange { loop.add(controller.namespaceChanged(old: $0, new: $1)) }
        func follow<T: APIObject>(_ type: T.Type) {
            informers(type).onChange { old, new in
                if let old, new == nil { loop.add(controller.contentGone(old.objectName)) }
            }
        }
        for kind in kinds where kind.resource.namespaced { follow(kind) }
        return Part { await loop.run(workers: 4) { try await controller.reconcile($0) } }
    }

    private func serviceAccount(_ informers: Informers) -> Part {
        let loop = loop("serviceaccount")
        let controller = ServiceAccountController(
            client: client, namespaces: informers(Namespace.self), accounts: informers(ServiceAccount.self))
        informers(Namespace.self).onChange { loop.add(controller.namespaceChanged(old: $0, new: $1)) }
        informers(ServiceAccount.self).onChange { loop.add(controller.accountChanged(old: $0, new: $1)) }
        return Part { await loop.run(workers: 1) { try await controller.reconcile($0) } }
    }

    private func persistentVolume(_ informers: Informers) -> Part {
        let recorder = recorder("persistentvolume-controller")
        let loop = loop("persistentvolume")
        let controller = PersistentVolumeController(
            client: client, claims: informers(PersistentVolumeClaim.self), volumes: informers(PersistentVolume.self),
            classes: informers(StorageClass.self), pods: informers(Pod.self), events: recorder, clock: clock,
            base: volumesDirectory)
        informers(PersistentVolumeClaim.self).onChange { loop.add(controller.claimChanged(old: $0, new: $1)) }
        informers(PersistentVolume.self).onChange { loop.add(controller.volumeChanged(old: $0, new: $1)) }
        informers(StorageClass.self).onChange { loop.add(controller.classChanged(old: $0, new: $1)) }
        informers(Pod.self).onChange { loop.add(controller.podChanged(old: $0, new: $1)) }
        return Part(recorder: recorder) { await loop.run(workers: 1) { try await controller.reconcile($0) } }
    }

    private func attachment(_ informers: Informers) -> Part {
        let recorder = recorder("attachdetach-controller")
        let loop = loop("attachment")
        let controller = AttachmentController(
            client: client, attachments: informers(VolumeAttachment.self), nodes: informers(Node.self),
            events: recorder, clock: clock)
        informers(VolumeAttachment.self).onChange { loop.add(controller.attachmentChanged(old: $0, new: $1)) }
        informers(Node.self).onChange { loop.add(controller.nodeChanged(old: $0, new: $1)) }
        return Part(recorder: recorder) { await loop.run(workers: 1) { try await controller.reconcile($0) } }
    }

    private func nodeLifecycle(_ informers: Informers) -> Part {
        let recorder = recorder("node-controller")
        let loop = loop("node")
        let controller = NodeLifecycleController(
            client: client, nodes: informers(Node.self), leases: informers(Lease.self), pods: informers(Pod.self),
            events: recorder, clock: clock, settings: nodeLife)
        informers(Node.self).onChange { loop.add(controller.nodeChanged(old: $0, new: $1)) }
        informers(Lease.self).onChange { loop.add(controller.leaseChanged(old: $0, new: $1)) }
        return Part(recorder: recorder) { await loop.run(workers: 2) { try await controller.reconcile($0) } }
    }

    private func taintEviction(_ informers: Informers) -> Part {
        let recorder = recorder("taint-eviction-controller")
        let loop = loop("taint-eviction")
        let controller = TaintEvictionController(
            client: client, nodes: informers(Node.self), pods: informers(Pod.self), events: recorder, clock: clock)
        informers(Node.self).onChange { loop.add(controller.nodeChanged(old: $0, new: $1)) }
        informers(Pod.self).onChange { loop.add(controller.podChanged(old: $0, new: $1)) }
        return Part(recorder: recorder) { await loop.run(workers: 8) { try await controller.reconcile($0) } }
    }

    private func podGarbage(_ informers: Informers) -> Part {
        let controller = PodGarbageController(
            client: client, pods: informers(Pod.self), nodes: informers(Node.self), clock: clock, logger: logger)
        return Part { await controller.run() }
    }

    private func disruption(_ informers: Informers) -> Part {
        let recorder = recorder("controllermanager")
        let loop = loop("disruption")
        let controller = DisruptionController(
            client: client, budgets: informers(PodDisruptionBudget.self), pods: informers(Pod.self),
            sets: informers(ReplicaSet.self), deployments: informers(Deployment.self), events: recorder, clock: clock)
        informers(PodDisruptionBudget.self).onChange { loop.add(controller.budgetChanged(old: $0, new: $1)) }
        informers(Pod.self).onChange { loop.add(controller.podChanged(old: $0, new: $1)) }
        informers(ReplicaSet.self).onChange { old, new in
            let namespace = (new ?? old)?.metadata.namespace
            loop.add(controller.ownerChanged(namespace, from: old?.spec.replicas, to: new?.spec.replicas))
        }
        informers(Deployment.self).onChange { old, new in
            let namespace = (new ?? old)?.metadata.namespace
            loop.add(controller.ownerChanged(namespace, from: old?.spec.replicas, to: new?.spec.replicas))
        }
        return Part(recorder: recorder) { await loop.run(workers: 2) { try await controller.reconcile($0) } }
    }
}
