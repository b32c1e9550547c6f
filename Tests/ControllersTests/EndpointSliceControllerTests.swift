import Client
import KubernetesAPI
import SimulatedCluster
import Testing

@testable import Controllers

/// The controller among copies that lag, services and pods that come and go.
@Suite(.timeLimit(.minutes(1))) struct EndpointSliceControllerTests {
    private struct World {
        let api = MemoryAPI(clock: SimulatedClock())
        let services: LaggingCache<Service>
        let pods: LaggingCache<Pod>
        let slices: LaggingCache<EndpointSlice>
        let selection: ServiceSelection
        let controller: EndpointSliceController
        var queue: Set<ObjectName> = []
        var random: SeededGenerator

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
            services = LaggingCache(api)
            pods = LaggingCache(api)
            slices = LaggingCache(api)
            selection = ServiceSelection(services: services, pods: pods)
            controller = EndpointSliceController(
                client: MemoryClient(api: api), services: services, slices: slices, selection: selection,
                clock: api.clock)
        }

        mutating func see(_ most: Int) {
            for (old, new) in services.advance(most) {
                selection.serviceChanged(old: old, new: new)
                queue.formUnion(controller.serviceChanged(old: old, new: new))
            }
            for (old, new) in pods.advance(most) {
                selection.podChanged(old: old, new: new)
                queue.formUnion(controller.podChanged(old: old, new: new))
            }
            for (old, new) in slices.advance(most) { queue.formUnion(controller.sliceChanged(old: old, new: new)) }
        }

        mutating func work() async throws {
            guard let key = queue.randomElement(using: &random) else { return }
            queue.remove(key)
            do {
                if try await controller.reconcile(key) != nil { queue.insert(key) }
            } catch let error as APIError where error.isConflict {
                queue.insert(key)
            }
        }

        /// Everything is seen and done.
        mutating func settle() async throws {
            for _ in 0..<2000 {
                see(.max)
                if queue.isEmpty { return }
                try await work()
            }
            Issue.record("never comes to rest: \(queue)")
        }

        mutating func change() {
            let n = Int.random(in: 0..<6, using: &random)
            let name = ObjectName(namespace: "default", "web-\(n)")
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1:
                var pod = EndpointSliceDecisionTests.pod(n, ready: false)
                pod.metadata.uid = nil
                pod.metadata.labels = ["app": ["a", "b"].randomElement(using: &random)!, "n": "\(n % 2)"]
                if var made = try? api.create(pod) {
                    made.status = pod.status
                    _ = try? api.update(made, status: true)
                }
            case 2: try? api.delete(Pod.self, name, DeleteOptions(gracePeriodSeconds: 0))
            case 3: try? api.delete(Pod.self, name, DeleteOptions(gracePeriodSeconds: 30))
            case 4, 5:
                guard var pod = try? api.get(Pod.self, name) else { return }
                pod.status.conditions = [
                    PodCondition(type: "Ready", status: ["True", "False"].randomElement(using: &random)!)
                ]
                _ = try? api.update(pod, status: true)
            case 6:
                guard var pod = try? api.get(Pod.self, name) else { return }
                pod.metadata.labels?["app"] = ["a", "b", "c"].randomElement(using: &random)!
                _ = try? api.update(pod, status: false)
            default:
                let app = ["a", "b"].randomElement(using: &random)!
                let name = ObjectName(namespace: "default", app)
                if var service = try? api.get(Service.self, name) {
                    service.spec.selector = [
                        ["app": app], ["app": app, "n": "1"], ["n": "0"],
                    ].randomElement(using: &random)!
                    _ = try? api.update(service, status: false)
                } else {
                    var service = EndpointSliceDecisionTests.service {
                        $0.metadata = ObjectMeta(name: app, namespace: "default")
                        $0.spec.selector = ["app": app]
                    }
                    service.metadata.uid = nil
                    _ = try? api.create(service)
                }
            }
        }

        /// What the slices must say, from the server's own objects.
        func check(_ seed: UInt64) {
            for service in api.all(Service.self) {
                let own = api.all(EndpointSlice.self).filter {
                    $0.metadata.labels?[EndpointSlice.serviceNameLabel] == service.metadata.name
                }
                let wanted = api.all(Pod.self).filter { service.selects($0.metadata.labels ?? [:]) }
                    .compactMap { Endpoint($0, of: service) }
                let found = own.flatMap(\.endpoints)
                #expect(own.count == 1, "seed \(seed): slices of \(service.metadata.name ?? "")")
                #expect(
                    found.sorted { $0.addresses[0] < $1.addresses[0] }
                        == wanted.sorted { $0.addresses[0] < $1.addresses[0] }, "seed \(seed)")
            }
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>) func comesToRestWithTheRightSlices(seed: UInt64) async throws {
        var world = World(seed: seed)
        for _ in 0..<120 {
            world.change()
            if Bool.random(using: &world.random) { world.see(Int.random(in: 0..<4, using: &world.random)) }
            if Bool.random(using: &world.random) { try await world.work() }
        }
        try await world.settle()
        world.check(seed)
    }

    @Test func aPodConcernsOnlyTheServicesThatSelectIt() async throws {
        var world = World(seed: 1)
        for n in 0..<50 {
            var service = EndpointSliceDecisionTests.service {
                $0.metadata = ObjectMeta(name: "s\(n)", namespace: "default")
                $0.spec.selector = ["app": "app-\(n)", "zone": "z"]
            }
            service.metadata.uid = nil
            _ = try world.api.create(service)
        }
        try await world.settle()
        let pod = EndpointSliceDecisionTests.pod(1) { $0.metadata.labels = ["app": "app-7", "zone": "z"] }
        _ = try world.api.create(pod)
        world.see(.max)
        #expect(world.queue == [ObjectName(namespace: "default", "s7")])
        try await world.settle()
        // What services do not see of a pod concerns none.
        var seen = try world.api.get(Pod.self, pod.objectName)
        seen.metadata.annotations = ["a": "b"]
        _ = try world.api.update(seen, status: false)
        world.see(.max)
        #expect(world.queue.isEmpty)
    }
}
