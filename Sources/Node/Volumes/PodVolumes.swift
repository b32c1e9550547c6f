import Client
import Glibc
import KubernetesAPI

/// A pod's volumes on this node: made before its sandbox, kept up to date, undone in reverse order after its last process.
struct PodVolumes: Sendable {
    static let directoryProvisioner = "swiftlet.io/directory"

    let directory: PodDirectory
    let objects: any ObjectReader
    let mounts: any Mounts
    let attachments: any VolumeAttaching
    let clock: any WallClock

    /// Makes every volume that is not there yet. Running it twice changes nothing.
    /// - Returns: where each volume lies, by its name.
    /// - Throws: `VolumeError`; `AttachError` while another node or pod has a volume for itself.
    func setUp(_ pod: Pod, _ downward: DownwardAPI) async throws -> [String: Place] {
        try Files.makeDirectory(directory.root, mode: 0o750)
        var places: [String: Place] = [:]
        for volume in pod.spec.volumes ?? [] {
            do {
                places[volume.name] = try await place(volume, pod, downward)
            } catch let error as VolumeError {
                throw error
            } catch let error as AttachError {
                throw error
            } catch {
                throw VolumeError(volume.name, "\(error)")
            }
        }
        return places
    }

    struct Place: Sendable, Equatable {
        var path: String
        /// The container's mounts of it are read-only, whatever they say.
        var readOnly = false
    }

    /// Writes the files of configMap, secret, downwardAPI and projected volumes anew where the objects have changed.
    func refresh(_ pod: Pod, _ downward: DownwardAPI) async throws {
        for volume in pod.spec.volumes ?? [] {
            do { _ = try await writeFiles(volume, pod, downward) } catch { throw VolumeError(volume.name, "\(error)") }
        }
    }

    /// Removes everything, mounts first. Nothing is removed while a mount is left: what is behind it is not the pod's.
    func tearDown() throws {
        for path in try mounts.mounted(under: directory.root).reversed() { try mounts.unmount(path) }
        let left = try mounts.mounted(under: directory.root)
        if let path = left.first { throw VolumeError(path, "still mounted") }
        try Files.removeTree(directory.root)
    }

    private func place(_ volume: Volume, _ pod: Pod, _ downward: DownwardAPI) async throws -> Place {
        let group = pod.spec.securityContext?.fsGroup.map { UInt32(truncatingIfNeeded: $0) }
        if let source = volume.hostPath {
            try HostPath.prepare(source.path, type: source.type ?? "")
            return Place(path: source.path)
        }
        if let source = volume.emptyDir {
            return Place(path: try emptyDirectory(volume.name, source, group: group))
        }
        if let source = volume.persistentVolumeClaim {
            return try await claim(source, pod, group: group)
        }
        if let path = try await writeFiles(volume, pod, downward) { return Place(path: path, readOnly: true) }
        throw ConfigError("this kind of volume is not supported by swiftlet")
    }

    private func emptyDirectory(_ name: String, _ source: EmptyDirVolumeSource, group: UInt32?) throws -> String {
        let inMemory = source.medium == "Memory"
        let path = directory.volume(inMemory ? "memory" : "empty", name)
        if inMemory {
            try Files.makeDirectory(path)
            if try !mounts.mounted(under: path).contains(path) {
                try mounts.mountMemory(at: path, size: source.sizeLimit?.value)
            }
        } else if !Files.exists(path) {
            try Files.makeDirectory(path, mode: 0o777)
        } else {
            return path
        }
        if let group { try Ownership.apply(to: path, group: group, readOnly: false) }
        return path
    }

    private func writeFiles(_ volume: Volume, _ pod: Pod, _ downward: DownwardAPI) async throws -> String? {
        guard let files = try await VolumeFiles(objects: objects, downward: downward).files(of: volume) else {
            return nil
        }
        let path = directory.volume("files", volume.name)
        try Files.makeDirectory(path)
        let group = pod.spec.securityContext?.fsGroup.map { UInt32(truncatingIfNeeded: $0) }
        try AtomicWriter(directory: path, group: group).write(files, version: String(clock.now().microseconds))
        return path
    }

    private func claim(_ source: PersistentVolumeClaimVolumeSource, _ pod: Pod, group: UInt32?) async throws -> Place {
        let name = ObjectName(namespace: pod.metadata.namespace, source.claimName)
        let claim = try await objects.get(PersistentVolumeClaim.self, name)
        guard let volumeName = claim.spec.volumeName, !volumeName.isEmpty, claim.status.phase == "Bound" else {
            throw ConfigError("persistentvolumeclaim \"\(source.claimName)\" is not bound yet")
        }
        let volume = try await objects.get(PersistentVolume.self, ObjectName(volumeName))
        guard volume.spec.claimRef?.uid == claim.metadata.uid else {
            throw ConfigError("persistentvolume \"\(volumeName)\" is bound to another claim")
        }
        guard let hostPath = volume.spec.hostPath else {
            throw ConfigError("persistentvolume \"\(volumeName)\" is not a directory of this node")
        }
        // Before anything of it is touched: on a directory that all nodes share, this is what keeps two writers apart.
        let access = AccessRule(claim, volume, podReadsOnly: source.readOnly == true)
        if let exclusive = access.exclusive {
            try await attachments.attach(volume, pod: pod.metadata.uid ?? "", exclusive)
        }
        let readOnly = source.readOnly == true || access.readOnly
        let provisioned = volume.metadata.annotations?["pv.kubernetes.io/provisioned-by"] == Self.directoryProvisioner
        if provisioned {
            // The first pod makes it; from then on its mode is the claim's own.
            if !Files.exists(hostPath.path) { try Files.makeDirectory(hostPath.path, mode: 0o777) }
            if let group, !readOnly {
                try Ownership.apply(to: hostPath.path, group: group, readOnly: false)
            }
        } else {
            try HostPath.prepare(hostPath.path, type: hostPath.type ?? "")
        }
        return Place(path: hostPath.path, readOnly: readOnly)
    }
}
