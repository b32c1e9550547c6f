import Client
import KubernetesAPI
import SimulatedCluster

@testable import Controllers

/// Services and their pods under the real endpoint controllers, in a world in which copies lag, calls fail, pods come and go
/// and services change their minds.
///
/// `@unchecked Sendable`: everything runs on one `SerialTaskExecutor`, one job at a time.
final class EndpointSimulation: @unchecked Sendable {
    let clock = SimulatedClock()
    let api: MemoryAPI
    var random: SeededGenerator
    var trace: [String] = []
    /// No more surprises: everything must come to rest.
    var calm = false
    private(set) var writes = 0

    private let selection: ServiceSelection
    private let services: LaggingCache<Service>
    private let slices: LaggingCache<EndpointSlice>
    private let endpoints: LaggingCache<Endpoints>
    private let pods: LaggingCache<Pod>
    private var sliceController: EndpointSliceController!
    private var endpointsController: EndpointsController!
    private var due: Set<Key> = []
    private var later: Set<Key> = []
    private var working: Set<Key> = []
    private var depth = 0
    private var podNumber = 0

    enum Key: Hashable {
        case slices(ObjectName)
        case endpoints(ObjectName)
    }

    struct Violation: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        api = MemoryAPI(clock: clock)
        services = LaggingCache(api)
        slices = LaggingCache(api)
        endpoints = LaggingCache(api)
        pods = LaggingCache(api)
        selection = ServiceSelection(services: services, pods: pods)
        let client = MemoryClient(api: api) { [unowned self] in try await self.intercept($0) }
        sliceController = EndpointSliceController(
            client: client, services: services, slices: slices, selection: selection, clock: clock)
        endpointsController = EndpointsController(
            client: client, services: services, endpoints: endpoints, selection: selection)
    }

    func run(steps: Int) async throws {
        for _ in 0..<steps { try await step() }
        try await comeToRest()
    }

    private func step() async throws {
        switch random.below(100) {
        case 0..<35: try await work()
        case 35..<65: lagLess()
        case 65..<93: try changePod()
        case 93..<98: try changeService()
        default: clock.advance(.milliseconds(random.below(20_000)))
        }
    }

    // MARK: the controllers

    private func intercept(_ call: MemoryClient.Call) async throws {
        writes += 1
        guard !calm else { return }
        if depth < 2, random.chance(30) {
            depth += 1
            for _ in 0..<(1 + random.below(4)) { try await step() }
            depth -= 1
        }
        if random.chance(6) { throw APIError(code: 500, reason: "InternalError", message: "the disk is full") }
    }

    private func work() async throws {
        let ready = due.subtracting(working).sorted { "\($0)" < "\($1)" }
        guard let key = ready.randomElement(using: &random) else { return }
        due.remove(key)
        working.insert(key)
        defer { working.remove(key) }
        do {
            let delay: Duration?
            switch key {
            case .slices(let name): delay = try await sliceController.reconcile(name)
            case .endpoints(let name): delay = try await endpointsController.reconcile(name)
            }
            if delay != nil { later.insert(key) }
        } catch {
            trace.append("\(api.revision) \(key): \(error)")
            due.insert(key)
        }
    }

    private func lagLess() {
        let count = calm ? Int.max : 1 + random.below(5)
        let skipping = !calm && random.chance(10)
        switch random.below(4) {
        case 0: seeServices(count, skipping)
        case 1: seePods(count, skipping)
        case 2: seeSlices(count, skipping)
        default: seeEndpoints(count, skipping)
        }
    }

    private func seeServices(_ count: Int = .max, _ skipping: Bool = false) {
        for (old, new) in services.advance(count, skipping: skipping) {
            selection.serviceChanged(old: old, new: new)
            due.formUnion(sliceController.serviceChanged(old: old, new: new).map(Key.slices))
            due.formUnion(endpointsController.serviceChanged(old: old, new: new).map(Key.endpoints))
        }
    }

    private func seePods(_ count: Int = .max, _ skipping: Bool = false) {
        for (old, new) in pods.advance(count, skipping: skipping) {
            selection.podChanged(old: old, new: new)
            let concerned = sliceController.podChanged(old: old, new: new)
            due.formUnion(concerned.map(Key.slices))
            due.formUnion(concerned.map(Key.endpoints))
        }
    }

    private func seeSlices(_ count: Int = .max, _ skipping: Bool = false) {
        for (old, new) in slices.advance(count, skipping: skipping) {
            due.formUnion(sliceController.sliceChanged(old: old, new: new).map(Key.slices))
        }
    }

    private func seeEndpoints(_ count: Int = .max, _ skipping: Bool = false) {
        for (old, new) in endpoints.advance(count, skipping: skipping) {
            if let object = new ?? old { due.insert(.endpoints(object.objectName)) }
        }
    }

    // MARK: the world

    private func changePod() throws {
        let all = api.all(Pod.self)
        guard let pod = all.randomElement(using: &random), random.chance(80) || all.count > 30 else {
            return try createPod()
        }
        var changed = pod
        switch random.below(8) {
        case 0: try api.delete(Pod.self, pod.objectName, DeleteOptions())
        case 1: try api.delete(Pod.self, pod.objectName, DeleteOptions(gracePeriodSeconds: 0))
        case 2:
            changed.metadata.labels?["app"] = "abc".randomElement(using: &random).map(String.init)
            _ = try api.update(changed, status: false)
        case 3:
            changed.status.phase = "Failed"
            _ = try api.update(changed, status: true)
        default:
            podNumber += 1
            if changed.status.podIP == nil { changed.status.podIP = "10.42.\(podNumber / 250).\(podNumber % 250 + 1)" }
            changed.status.phase = changed.status.phase == "Failed" ? "Failed" : "Running"
            changed.status.conditions = [PodCondition(type: "Ready", status: random.chance(70) ? "True" : "False")]
            _ = try api.update(changed, status: true)
        }
    }

    private func createPod() throws {
        podNumber += 1
        var container = Container(name: "c", image: "i")
        container.ports = [ContainerPort(name: "web", containerPort: random.chance(80) ? 8080 : 8081)]
        var pod = Pod(
            // The same names come back, as a user's own pods' do.
            metadata: ObjectMeta(name: "pod-\(random.below(40))", namespace: "default"),
            spec: PodSpec(containers: [container]))
        pod.metadata.labels = ["app": "abc".randomElement(using: &random).map(String.init) ?? "", "tier": "web"]
        if (try? api.get(Pod.self, pod.objectName)) == nil { _ = try api.create(pod) }
    }

    private func changeService() throws {
        let name = ObjectName(namespace: "default", "abc".randomElement(using: &random).map(String.init) ?? "")
        guard var service = try? api.get(Service.self, name) else {
            var service = Service(metadata: ObjectMeta(name: name.name, namespace: "default"))
            service.spec.selector = random.chance(70) ? ["app": name.name] : ["tier": "web"]
            service.spec.ports = [ServicePort(port: 80, targetPort: "web")]
            _ = try api.create(service)
            return
        }
        switch random.below(6) {
        case 0: return try deleteService(service)
        case 1: service.spec.publishNotReadyAddresses = random.chance(50)
        case 2: service.spec.selector = random.chance(50) ? ["app": name.name] : ["tier": "web"]
        case 3: service.metadata.labels = ["label": "\(random.below(3))"]
        default: service.spec.ports = [ServicePort(port: 80, targetPort: random.chance(50) ? "web" : 9000)]
        }
        _ = try api.update(service, status: false)
    }

    /// And what it owned, as the garbage collector does.
    private func deleteService(_ service: Service) throws {
        try api.delete(Service.self, service.objectName, DeleteOptions())
        for slice in api.all(EndpointSlice.self) where slice.metadata.controllerReference?.uid == service.metadata.uid {
            try api.delete(EndpointSlice.self, slice.objectName, DeleteOptions())
        }
    }

    // MARK: at rest

    private func comeToRest() async throws {
        calm = true
        for _ in 0..<500 {
            seeServices()
            seePods()
            seeSlices()
            seeEndpoints()
            collect()
            if due.isEmpty {
                if later.isEmpty { return try checkRest() }
                clock.advance(EndpointSliceController.patience)
                due = later
                later = []
            }
            try await work()
        }
        throw Violation("does not come to rest: \(due)")
    }

    /// A slice made for a service that was deleted meanwhile has an owner that is gone.
    private func collect() {
        let living = Set(api.all(Service.self).compactMap(\.metadata.uid))
        for slice in api.all(EndpointSlice.self) where !living.contains(slice.metadata.controllerReference?.uid ?? "") {
            try? api.delete(EndpointSlice.self, slice.objectName, DeleteOptions())
        }
    }

    private func checkRest() throws {
        for service in api.all(Service.self) {
            let name = service.metadata.name ?? ""
            let selected = api.all(Pod.self).filter {
                service.selects($0.metadata.labels ?? [:]) && PodEndpoint($0).mayServe
            }
            let own = api.all(EndpointSlice.self).filter {
                $0.metadata.controllerReference?.uid == service.metadata.uid
            }
            let shown = own.flatMap { slice in
                slice.endpoints.map { "\($0.targetRef?.uid ?? "") \(slice.ports?.map(\.port) ?? []) \(words($0))" }
            }
            let wanted = selected.compactMap { pod in
                Endpoint(pod, of: service).map { endpoint in
                    let ports = (service.spec.ports ?? []).map { pod.port(for: $0) }
                    return "\(pod.metadata.uid ?? "") \(ports) \(words(endpoint))"
                }
            }
            if shown.sorted() != wanted.sorted() { throw Violation("\(name) shows \(shown), wanted \(wanted)") }
            if own.isEmpty { throw Violation("\(name) has no slice") }
            if own.count > 1, own.contains(where: \.endpoints.isEmpty) { throw Violation("\(name) has an empty slice") }
            let groups = Set(own.map { $0.ports ?? [] })
            if groups.count < own.count { throw Violation("\(name) has slices that could be one") }
            let endpoints = try api.get(Endpoints.self, service.objectName)
            if EndpointsDecision(service, pods: selected, current: endpoints).write != nil {
                throw Violation("the endpoints of \(name) are wrong: \(endpoints.subsets ?? [])")
            }
        }
    }

    private func words(_ endpoint: Endpoint) -> String {
        let conditions = endpoint.conditions
        return "\(endpoint.addresses) \(conditions?.ready ?? false) \(conditions?.terminating ?? false)"
    }
}
