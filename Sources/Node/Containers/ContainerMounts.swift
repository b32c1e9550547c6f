import ContainerRuntime
import Glibc
import KubernetesAPI

/// What is mounted into one container: its volumes, the pod's own files, the file for its last words.
struct ContainerMounts: Sendable {
    var pod: Pod
    var container: Container
    var directory: PodDirectory
    var places: [String: PodVolumes.Place]
    var mounts: any Mounts
    var environment: Environment

    /// Parents before what is mounted inside them.
    func make(id: String) throws -> [ContainerConfig.Mount] {
        var result: [ContainerConfig.Mount] = []
        for (index, mount) in (container.volumeMounts ?? []).enumerated() {
            guard let place = places[mount.name] else { throw ConfigError("volume \"\(mount.name)\" not found") }
            var source = place.path
            if let subPath = mount.subPath, !subPath.isEmpty {
                source = try subPathMount(place.path, subPath, at: directory.subPath(id, index))
            }
            let propagation: ContainerConfig.Mount.Propagation =
                switch mount.mountPropagation {
                case "HostToContainer": .hostToContainer
                case "Bidirectional": .bidirectional
                default: .none
                }
            result.append(
                .init(
                    source: source, destination: mount.mountPath, readOnly: mount.readOnly == true || place.readOnly,
                    propagation: propagation))
        }
        // What the pod mounts itself at these places wins.
        let taken = Set(result.map(\.destination))
        let own = [
            (directory.hosts, "/etc/hosts"), (directory.hostname, "/etc/hostname"),
            (directory.resolvConf, "/etc/resolv.conf"),
        ]
        for (source, destination) in own where !taken.contains(destination) {
            result.append(.init(source: source, destination: destination, readOnly: false))
        }
        let message = directory.terminationMessage(id)
        try Files.makeDirectory(String(message[..<message.lastIndex(of: "/")!]))
        // Any user of the container may write it.
        try Files.write("", to: message, mode: 0o666)
        let path = container.terminationMessagePath ?? "/dev/termination-log"
        if !path.isEmpty { result.append(.init(source: message, destination: path, readOnly: false)) }
        return result.enumerated().sorted {
            ($0.element.destination.split(separator: "/").count, $0.offset)
                < ($1.element.destination.split(separator: "/").count, $1.offset)
        }.map(\.element)
    }

    /// The checked file or directory itself, made to appear under a name that no container can reach.
    private func subPathMount(_ volume: String, _ subPath: String, at target: String) throws -> String {
        let descriptor = try SubPath.open(volume: volume, subPath: subPath)
        defer { close(descriptor) }
        var info = stat()
        if fstat(descriptor, &info) != 0 { throw FileError("stat", volume + "/" + subPath) }
        if info.st_mode & S_IFMT == S_IFDIR {
            try Files.makeDirectory(target)
        } else {
            try Files.makeDirectory(String(target[..<target.lastIndex(of: "/")!]))
            if !Files.exists(target) { try Files.write("", to: target) }
        }
        // A start that is tried again finds the mount of the try before.
        if try !mounts.mounted(under: target).contains(target) { try mounts.bind(descriptor, at: target) }
        return target
    }
}
