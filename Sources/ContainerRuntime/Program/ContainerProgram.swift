import Linux

/// Turns a container's description into the operations that make it. Pure: what it needs of the host comes in, so that
/// the order, which is what makes a container safe, is tested without root.
struct ContainerProgram {
    var config: ContainerConfig
    var hostname: String
    /// Where the writable layer lies and the root is put together, all absolute.
    var upper: String
    var work: String
    var target: String
    var confinement: Confinement
    /// Of the host; used when the container is privileged.
    var hostDevices: [Device] = []

    func compile() throws(RuntimeError) -> [Operation] {
        try refuseWhatNoProgramCanSay()
        var operations: [Operation] = []
        var slots: [String: UInt32] = [:]
        // Before everything becomes a slave of the host: these mounts are to be seen there.
        for mount in config.mounts where mount.propagation == .bidirectional {
            let slot = UInt32(slots.count)
            guard slot < 16 else {
                throw refusal("more than 16 mounts with mountPropagation Bidirectional")
            }
            slots[mount.destination] = slot
            operations.append(.openTree(path: mount.source, slot: slot))
        }
        operations.append(.slave)
        // By now the process is in its cgroup; cloned with the flag, the namespace's root would be the supervisor's.
        operations.append(.unshare(flags: NamespaceFlags.cgroup))
        // While the host's /proc is there.
        operations.append(.oomScore(Int32(config.oomScoreAdjust)))
        operations.append(
            .overlay(layersRoot: config.rootfs.layersRoot, target: target, options: try overlayOptions()))
        operations += kernelFileSystems
        if config.tty {
            // After devpts, whose terminal it is.
            operations += [.terminal(rows: 0, columns: 0), .console]
        }
        // Before the user's mounts, which could put something else where /dev/null is looked for.
        if !config.security.unmaskedProc && !config.security.privileged {
            operations += ProtectedPaths.masked.map { .mask(path: $0) }
            operations += ProtectedPaths.readOnly.map { .readOnly(path: $0) }
        }
        for mount in sortedMounts { operations.append(try operation(for: mount, slots: slots)) }
        operations.append(.enterRoot)
        operations.append(.workingDirectory(path: config.workingDirectory.isEmpty ? "/" : config.workingDirectory))
        // Only now: mount points and the working directory had to be made.
        if config.rootfs.readOnly { operations.append(.rootReadOnly) }
        operations += ProcessSetup(config: config, confinement: confinement).operations(
            arguments: config.command, terminal: config.tty, hostname: hostname)
        return operations
    }

    // MARK: The root file system

    private func overlayOptions() throws(RuntimeError) -> String {
        guard !config.rootfs.layers.isEmpty else { throw refusal("an image without layers") }
        let lower = config.rootfs.layers.map { Self.escape($0, layer: true) }.joined(separator: ":")
        // volatile: a writable layer never outlives a reboot, so the kernel need not write it out for fsync, nor all of
        // it when the container ends (Documentation/filesystems/overlayfs.rst).
        let options = "lowerdir=\(lower),upperdir=\(Self.escape(upper)),workdir=\(Self.escape(work)),volatile"
        guard options.utf8.count < 4096 else {
            throw refusal("an image whose \(config.rootfs.layers.count) layer names exceed one page of mount options")
        }
        return options
    }

    /// overlayfs splits at commas and, between layers, at colons.
    static func escape(_ path: String, layer: Bool = false) -> String {
        var escaped = ""
        for character in path {
            if character == "\\" || character == "," || (layer && character == ":") { escaped.append("\\") }
            escaped.append(character)
        }
        return escaped
    }

    /// /proc, /dev, /sys and what lies in them.
    private var kernelFileSystems: [Operation] {
        let guarded: MountAttributes = [.noSetUID, .noDevices, .noExecute]
        let system = config.security.privileged ? guarded : guarded.union(.readOnly)
        var operations: [Operation] = [
            .fileSystem(type: "proc", destination: "/proc", options: "", attributes: guarded),
            .fileSystem(type: "tmpfs", destination: "/dev", options: "mode=755,size=65536k", attributes: .noSetUID),
        ]
        operations += StandardDevices.nodes.map { .device($0) }
        if config.security.privileged { operations += hostDevices.map { .device($0) } }
        operations += StandardDevices.links.map { .symbolicLink(target: $0.target, path: $0.path) }
        operations += [
            .fileSystem(
                type: "devpts", destination: "/dev/pts", options: "newinstance,ptmxmode=0666,mode=0620,gid=5",
                attributes: [.noSetUID, .noExecute]),
            .fileSystem(type: "mqueue", destination: "/dev/mqueue", options: "", attributes: guarded),
            .sharedMemory(destination: "/dev/shm"),
            .fileSystem(type: "sysfs", destination: "/sys", options: "", attributes: system),
            .fileSystem(type: "cgroup2", destination: "/sys/fs/cgroup", options: "", attributes: system),
        ]
        return operations
    }

    /// Outer before inner: /data must not cover a mount on /data/cache.
    private var sortedMounts: [ContainerConfig.Mount] {
        config.mounts.enumerated().sorted { left, right in
            let depths = (depth(left.element), depth(right.element))
            return depths.0 == depths.1 ? left.offset < right.offset : depths.0 < depths.1
        }.map(\.element)
    }

    private func depth(_ mount: ContainerConfig.Mount) -> Int { mount.destination.split(separator: "/").count }

    private func operation(
        for mount: ContainerConfig.Mount, slots: [String: UInt32]
    ) throws(RuntimeError) -> Operation {
        let parts = mount.destination.split(separator: "/")
        guard mount.destination.hasPrefix("/"), !parts.isEmpty, !parts.contains("..") else {
            throw refusal("the mount path \"\(mount.destination)\": it must be absolute, not /, and without ..")
        }
        let attributes: MountAttributes = mount.readOnly ? .readOnly : []
        if let slot = slots[mount.destination] {
            return .attachTree(slot: slot, destination: mount.destination, attributes: attributes)
        }
        let propagation: Operation.Propagation = mount.propagation == .hostToContainer ? .fromHost : .isolated
        return .bind(
            source: mount.source, destination: mount.destination, attributes: attributes, propagation: propagation)
    }

    // MARK: Refusals

    private func refuseWhatNoProgramCanSay() throws(RuntimeError) {
        guard let first = config.command.first, !first.isEmpty else {
            throw refusal(
                "a container without a command: neither the image (--entrypoint, --cmd) nor the pod (command, args) has one"
            )
        }
        // A NUL byte ends a string for the kernel: what follows it would silently be lost.
        let texts =
            config.command + config.environment + config.mounts.flatMap { [$0.source, $0.destination] }
            + [config.workingDirectory, config.imageUser, hostname]
        if let bad = texts.first(where: { $0.utf8.contains(0) }) {
            throw refusal("a NUL byte in \"\(bad.prefix { $0 != "\0" })\"")
        }
    }

    private func refusal(_ what: String) -> RuntimeError {
        RuntimeError(reason: "CreateContainerError", message: "container \(config.name): cannot start with \(what)")
    }
}

/// CLONE_NEW of clone(2).
enum NamespaceFlags {
    static let mount: UInt32 = 0x0002_0000
    static let cgroup: UInt32 = 0x0200_0000
}
