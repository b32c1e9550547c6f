import Client
import KubernetesAPI
import SimulatedCluster
import Testing

@testable import Node

/// Which node may write to a volume is decided by the server's compare-and-swap.
@Suite struct NodeAttachmentsTests {
    private let api = MemoryAPI(clock: SimulatedCluster.SimulatedClock())
    private let volume: PersistentVolume

    init() throws { volume = try api.create(PersistentVolume(metadata: ObjectMeta(name: "pv"))) }

    private func node(_ name: String) -> NodeAttachments {
        NodeAttachments(nodeName: name, client: MemoryClient(api: api))
    }

    private var holder: String? { api.all(VolumeAttachment.self).first?.spec.nodeName }

    @Test func theSecondNodeWaitsUntilTheLastPodOfTheFirstHasUnmounted() async throws {
        let (a, b) = (node("a"), node("b"))
        try await a.attach(volume, pod: "1", .node)
        try await a.attach(volume, pod: "1", .node)
        try await a.attach(volume, pod: "2", .node)
        await #expect(throws: AttachError.otherNode("pv", "a")) { try await b.attach(volume, pod: "3", .node) }
        try await a.detach(pods: ["1"])
        await #expect(throws: AttachError.otherNode("pv", "a")) { try await b.attach(volume, pod: "3", .node) }
        try await b.detach(pods: ["2"])
        #expect(holder == "a", "nobody gives up what is another's")
        try await a.detach(pods: ["2"])
        #expect(holder == nil)
        try await b.attach(volume, pod: "3", .node)
        #expect(holder == "b" && api.all(VolumeAttachment.self)[0].status.attached)
    }

    @Test func onePodAloneInTheWholeCluster() async throws {
        let a = node("a")
        try await a.attach(volume, pod: "1", .pod)
        try await a.attach(volume, pod: "1", .pod)
        await #expect(throws: AttachError.otherPod("pv")) { try await a.attach(volume, pod: "2", .pod) }
        try await a.detach(pods: ["1"])
        try await a.attach(volume, pod: "2", .pod)
    }

    @Test func aNodeThatWasStartedAnewGivesUpWhatFormerPodsHad() async throws {
        let a = node("a")
        try await a.attach(volume, pod: "1", .node)
        try await a.attach(volume, pod: "2", .node)
        try await a.detach { $0 != "2" }
        await #expect(throws: AttachError.self) { try await node("b").attach(volume, pod: "3", .node) }
        try await a.detach { _ in true }
        #expect(holder == nil)
    }

    /// Nodes that come and go in any order: never two at once.
    @Test(arguments: 1...20) func neverTwo(seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var users: [String: Set<String>] = [:]
        for _ in 0..<200 {
            let name = ["a", "b", "c"][Int.random(in: 0..<3, using: &random)]
            let pod = "\(name)\(Int.random(in: 0..<3, using: &random))"
            if Bool.random(using: &random) {
                do {
                    try await node(name).attach(volume, pod: pod, .node)
                    users[name, default: []].insert(pod)
                } catch is AttachError {
                    #expect(users.contains { $0.key != name && !$0.value.isEmpty }, "seed \(seed): refused for nothing")
                }
            } else {
                try await node(name).detach(pods: [pod])
                users[name]?.remove(pod)
            }
            #expect(users.values.count { !$0.isEmpty } <= 1, "seed \(seed): \(users)")
        }
    }

    @Test func whatAccessModesAllow() {
        func rule(_ modes: [String], pinned: Bool = false, readsOnly: Bool = false) -> AccessRule {
            var claim = PersistentVolumeClaim(metadata: ObjectMeta(name: "c"), spec: PersistentVolumeClaimSpec())
            claim.spec.accessModes = modes
            var volume = volume
            if pinned { volume.spec.nodeAffinity = VolumeNodeAffinity(required: .hostname("a")) }
            return AccessRule(claim, volume, podReadsOnly: readsOnly)
        }
        #expect(rule(["ReadWriteOnce"]).exclusive == .node)
        #expect(rule(["ReadWriteOnce"], pinned: true).exclusive == nil, "it lies on one node anyway")
        #expect(rule(["ReadWriteOnce"], readsOnly: true).exclusive == .node)
        #expect(rule(["ReadWriteOnce", "ReadOnlyMany"]).exclusive == .node)
        #expect(rule(["ReadWriteOnce", "ReadOnlyMany"], readsOnly: true).exclusive == nil)
        #expect(rule(["ReadWriteMany"]).exclusive == nil && !rule(["ReadWriteMany"]).readOnly)
        #expect(rule(["ReadOnlyMany"]).exclusive == nil && rule(["ReadOnlyMany"]).readOnly)
        #expect(rule(["ReadWriteOncePod"], pinned: true).exclusive == .pod)
    }
}
