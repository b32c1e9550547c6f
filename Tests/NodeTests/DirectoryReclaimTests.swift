import Client
import Foundation
import KubernetesAPI
import Logging
import SimulatedCluster
import Testing

@testable import Node

@Suite struct DirectoryReclaimTests {
    private let directory: TemporaryDirectory
    private let api = MemoryAPI(clock: SimulatedCluster.SimulatedClock())

    init() throws { directory = try TemporaryDirectory() }

    /// A volume that is being deleted, with a file in its directory.
    private func deleted(_ policy: String, on node: String? = nil) async throws -> (volume: ObjectName, file: String) {
        let path = directory.path + "/volume"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(fileURLWithPath: path + "/file"))
        var volume = PersistentVolume(metadata: ObjectMeta(name: "pv"))
        volume.metadata.annotations = ["pv.kubernetes.io/provisioned-by": PodVolumes.directoryProvisioner]
        volume.metadata.finalizers = [DirectoryReclaim.finalizer]
        volume.spec.persistentVolumeReclaimPolicy = policy
        volume.spec.hostPath = HostPathVolumeSource(path: path)
        volume.spec.nodeAffinity = node.map { VolumeNodeAffinity(required: .hostname($0)) }
        let made = try api.create(volume)
        try api.delete(PersistentVolume.self, made.objectName, DeleteOptions())
        let client = MemoryClient(api: api)
        let reclaim = DirectoryReclaim(
            nodeName: "node", client: client, events: EventRecorder(client, component: "test", logger: quiet),
            logger: quiet)
        try await reclaim.reclaim(made.objectName, try api.get(PersistentVolume.self, made.objectName))
        return (made.objectName, path + "/file")
    }

    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func deleteTakesTheDirectoryAlong() async throws {
        let (volume, file) = try await deleted("Delete")
        #expect(!FileManager.default.fileExists(atPath: file))
        #expect(throws: APIError.self) { try api.get(PersistentVolume.self, volume) }
    }

    @Test func whatIsRetainedOutlivesItsVolume() async throws {
        let (volume, file) = try await deleted("Retain")
        #expect(FileManager.default.fileExists(atPath: file))
        #expect(throws: APIError.self) { try api.get(PersistentVolume.self, volume) }
    }

    @Test func anotherNodesDirectoryIsItsOwnAffair() async throws {
        let (volume, file) = try await deleted("Delete", on: "other")
        #expect(FileManager.default.fileExists(atPath: file))
        #expect(try api.get(PersistentVolume.self, volume).metadata.finalizers == [DirectoryReclaim.finalizer])
    }
}
