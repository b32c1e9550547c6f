import Client
import KubernetesAPI
import SimulatedCluster
import Testing

@testable import Controllers

/// From whom a volume may be taken away.
@Suite struct AttachmentControllerTests {
    private let clock = SimulatedClock()
    private let api: MemoryAPI
    private let controller: AttachmentController
    private let name = ObjectName("pv")

    init() throws {
        let api = MemoryAPI(clock: clock)
        self.api = api
        controller = AttachmentController(
            client: MemoryClient(api: api), attachments: LiveLister(api: api), nodes: LiveLister(api: api),
            events: EventLog(), clock: clock)
        _ = try api.create(
            VolumeAttachment(
                metadata: ObjectMeta(name: "pv"),
                spec: VolumeAttachmentSpec(
                    attacher: "a", source: VolumeAttachmentSource(persistentVolumeName: "pv"), nodeName: "node")))
    }

    private var isAttached: Bool { !api.all(VolumeAttachment.self).isEmpty }

    private func node(ready: String, _ taints: String...) throws {
        var node = Node(metadata: ObjectMeta(name: "node"))
        node.status.conditions = [NodeCondition(type: "Ready", status: ready)]
        node.spec.taints = taints.map { Taint(key: $0, effect: "NoExecute") }
        _ = try api.create(node)
    }

    @Test func aSilentNodeKeepsWhatItHas() async throws {
        try node(ready: "Unknown", NodeTaints.unreachable)
        clock.advance(.seconds(100_000))
        #expect(try await controller.reconcile(name) == nil)
        #expect(isAttached)
    }

    @Test func aNodeThatIsOffDoesNot() async throws {
        try node(ready: "Unknown", NodeTaints.unreachable, NodeTaints.outOfService)
        #expect(try await controller.reconcile(name) == nil)
        #expect(!isAttached)
    }

    @Test func aNodeThatAnswersIsNotOffWhateverItsTaintSays() async throws {
        try node(ready: "True", NodeTaints.outOfService)
        #expect(try await controller.reconcile(name) == nil)
        #expect(isAttached)
    }

    @Test func aNodeThatIsGoneForAWhileDoesNotEither() async throws {
        #expect(try await controller.reconcile(name) == .seconds(40))
        clock.advance(.seconds(39))
        #expect(try await controller.reconcile(name) == .seconds(1))
        #expect(isAttached)
        clock.advance(.seconds(1))
        #expect(try await controller.reconcile(name) == nil)
        #expect(!isAttached)
    }

    @Test func aNodeThatRegistersAnewIsThereAgain() async throws {
        #expect(try await controller.reconcile(name) == .seconds(40))
        clock.advance(.seconds(30))
        try node(ready: "True")
        #expect(try await controller.reconcile(name) == nil)
        try api.delete(Node.self, ObjectName("node"), DeleteOptions())
        #expect(try await controller.reconcile(name) == .seconds(40), "counted anew")
        #expect(isAttached)
    }
}
