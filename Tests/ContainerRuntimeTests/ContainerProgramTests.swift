import Testing

@testable import ContainerRuntime

/// What a container's description becomes, without root.
@Suite struct ContainerProgramTests {
    private func program(_ change: (inout ContainerProgram) -> Void = { _ in }) throws -> [Operation] {
        var config = ContainerConfig(
            id: "web-0", name: "web", attempt: 0,
            rootfs: ContainerConfig.RootFS(layersRoot: "/layers", layers: ["b", "a"], readOnly: false),
            command: ["/bin/web", "--port", "80"])
        config.environment = ["A=1"]
        var program = ContainerProgram(
            config: config, hostname: "web-1", upper: "/d/upper", work: "/d/work", target: "/d/root",
            confinement: Confinement(
                capabilities: 0xa804_25fb, noNewPrivileges: false, seccomp: [1, 2, 3, 4, 5, 6, 7, 8]))
        change(&program)
        return try program.compile()
    }

    private func position(_ operations: [Operation], _ matches: (Operation) -> Bool) throws -> Int {
        let index = operations.firstIndex(where: matches)
        return try #require(index)
    }

    /// The whole of an ordinary container: a change here is a change of what every container is.
    @Test func anOrdinaryContainer() throws {
        let guarded: MountAttributes = [.noSetUID, .noDevices, .noExecute]
        let expected: [Operation] =
            [
                .slave, .unshare(flags: 0x0200_0000), .oomScore(0),
                .overlay(
                    layersRoot: "/layers", target: "/d/root",
                    options: "lowerdir=b:a,upperdir=/d/upper,workdir=/d/work,volatile"),
                .fileSystem(type: "proc", destination: "/proc", options: "", attributes: guarded),
                .fileSystem(type: "tmpfs", destination: "/dev", options: "mode=755,size=65536k", attributes: .noSetUID),
            ] + StandardDevices.nodes.map { .device($0) }
            + StandardDevices.links.map { .symbolicLink(target: $0.target, path: $0.path) } + [
                .fileSystem(
                    type: "devpts", destination: "/dev/pts", options: "newinstance,ptmxmode=0666,mode=0620,gid=5",
                    attributes: [.noSetUID, .noExecute]),
                .fileSystem(type: "mqueue", destination: "/dev/mqueue", options: "", attributes: guarded),
                .sharedMemory(destination: "/dev/shm"),
                .fileSystem(type: "sysfs", destination: "/sys", options: "", attributes: guarded.union(.readOnly)),
                .fileSystem(
                    type: "cgroup2", destination: "/sys/fs/cgroup", options: "", attributes: guarded.union(.readOnly)),
            ] + ProtectedPaths.masked.map { .mask(path: $0) } + ProtectedPaths.readOnly.map { .readOnly(path: $0) } + [
                .enterRoot, .workingDirectory(path: "/"),
                .limit(resource: 7, soft: 1 << 20, hard: 1 << 20), .session(controllingTerminal: false),
                .user(Operation.UserRequest(uid: nil, gid: nil, image: "", groups: [])), .parentDeath(signal: 9),
                .bounding(0xa804_25fb), .seccomp(filter: [1, 2, 3, 4, 5, 6, 7, 8]),
                .capabilities(permitted: 0xa804_25fb, inheritable: 0, ambient: 0),
                .execute(
                    arguments: ["/bin/web", "--port", "80"],
                    environment: [
                        "A=1", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=web-1",
                    ]),
            ]
        #expect(try program() == expected)
    }

    @Test func theFilterComesBeforeTheDropOnlyWithoutNoNewPrivileges() throws {
        let operations = try program { $0.confinement.noNewPrivileges = true }
        #expect(
            operations.suffix(4).dropLast() == [
                .capabilities(permitted: 0xa804_25fb, inheritable: 0, ambient: 0), .noNewPrivileges,
                .seccomp(filter: [1, 2, 3, 4, 5, 6, 7, 8]),
            ])
        #expect(
            try program { $0.confinement.seccomp = nil }.contains { if case .seccomp = $0 { true } else { false } }
                == false)
    }

    @Test func theUsersMountsComeAfterMaskingAndOuterBeforeInner() throws {
        let operations = try program {
            $0.config.mounts = [
                ContainerConfig.Mount(source: "/h/cache", destination: "/data/cache/", readOnly: true),
                ContainerConfig.Mount(source: "/h/hosts", destination: "/etc/hosts", readOnly: false),
                ContainerConfig.Mount(
                    source: "/h/data", destination: "/data", readOnly: false, propagation: .hostToContainer),
            ]
        }
        let binds = operations.compactMap { if case .bind(let source, _, _, _) = $0 { source } else { nil } }
        #expect(binds == ["/h/data", "/h/cache", "/h/hosts"])
        #expect(
            operations.contains(
                .bind(source: "/h/data", destination: "/data", attributes: [], propagation: .fromHost)))
        #expect(
            operations.contains(
                .bind(source: "/h/cache", destination: "/data/cache/", attributes: .readOnly, propagation: .isolated)))
        let mask = try position(operations) { if case .mask = $0 { true } else { false } }
        let bind = try position(operations) { if case .bind = $0 { true } else { false } }
        let enter = try position(operations) { $0 == .enterRoot }
        #expect(mask < bind && bind < enter)
    }

    @Test func bidirectionalMountsAreTakenBeforeTheSlaves() throws {
        let operations = try program {
            $0.config.mounts = [
                ContainerConfig.Mount(source: "/h", destination: "/m", readOnly: false, propagation: .bidirectional)
            ]
        }
        #expect(operations.prefix(2) == [.openTree(path: "/h", slot: 0), .slave])
        #expect(operations.contains(.attachTree(slot: 0, destination: "/m", attributes: [])))
    }

    @Test func aPrivilegedContainerSeesTheHostsDevicesAndNoMasks() throws {
        let disk = Device(path: "/dev/vda", mode: 0o060660, major: 254, minor: 0, group: 6)
        let operations = try program {
            $0.config.security.privileged = true
            $0.hostDevices = [disk]
        }
        #expect(operations.contains(.device(disk)))
        #expect(!operations.contains { if case .mask = $0 { true } else { false } })
        #expect(!operations.contains { if case .readOnly = $0 { true } else { false } })
        #expect(
            operations.contains(
                .fileSystem(
                    type: "sysfs", destination: "/sys", options: "", attributes: [.noSetUID, .noDevices, .noExecute])))
        #expect(try !program { $0.hostDevices = [disk] }.contains(.device(disk)))
    }

    @Test func theRootBecomesReadOnlyAfterEverythingWasMade() throws {
        let operations = try program {
            $0.config.rootfs.readOnly = true
            $0.config.workingDirectory = "/srv"
            $0.config.tty = true
        }
        let workdir = try position(operations) { $0 == .workingDirectory(path: "/srv") }
        #expect(operations[workdir + 1] == .rootReadOnly)
        let terminal = try position(operations) { if case .terminal = $0 { true } else { false } }
        #expect(operations[terminal + 1] == .console)
        #expect(operations.contains(.session(controllingTerminal: true)))
        guard case .execute(_, let environment) = try #require(operations.last) else { return #expect(Bool(false)) }
        #expect(environment.contains("TERM=xterm"))
    }

    @Test func manyLayersFitOnePage() throws {
        let layers = (0..<30).map { "layer-\($0)-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }
        _ = try program { $0.config.rootfs.layers = layers }
        #expect(throws: RuntimeError.self) { try program { $0.config.rootfs.layers = layers + layers } }
        #expect(ContainerProgram.escape("/a,b:c\\d") == "/a\\,b:c\\\\d")
        #expect(ContainerProgram.escape("a:b", layer: true) == "a\\:b")
    }

    @Test func whatTheUserGivesStays() throws {
        let operations = try program {
            $0.config.environment = ["PATH=/only", "HOSTNAME=mine"]
            $0.config.runAsUser = 5
            $0.config.supplementalGroups = [7]
            $0.config.oomScoreAdjust = -997
        }
        guard case .execute(_, let environment) = try #require(operations.last) else { return #expect(Bool(false)) }
        #expect(environment == ["PATH=/only", "HOSTNAME=mine"])
        #expect(operations.contains(.user(Operation.UserRequest(uid: 5, gid: nil, image: "", groups: [7]))))
        #expect(operations.contains(.oomScore(-997)))
    }

    @Test(arguments: [["/"], [""], ["relative"], ["/a/../b"], ["//"]])
    func mountPathsAreChecked(path: [String]) {
        let error = #expect(throws: RuntimeError.self) {
            try program {
                $0.config.mounts = [ContainerConfig.Mount(source: "/h", destination: path[0], readOnly: false)]
            }
        }
        #expect(error?.message.contains("\"\(path[0])\"") == true)
    }

    @Test func execJoinsAndThenIsConfinedAlike() throws {
        var config = ContainerConfig(
            id: "web-0", name: "web", attempt: 0,
            rootfs: ContainerConfig.RootFS(layersRoot: "/layers", layers: ["a"], readOnly: true), command: ["x"])
        config.workingDirectory = "/srv"
        config.runAsUser = 9
        let confinement = Confinement(capabilities: 1, noNewPrivileges: true, seccomp: [0, 0, 0, 0, 0, 0, 0, 0])
        let exec = try ExecProgram(
            container: config, hostname: "h", confinement: confinement,
            exec: ExecConfig(command: ["sh"], tty: true, size: ExecConfig.TerminalSize(rows: 24, columns: 80))
        ).compile()
        #expect(
            exec.prefix(4) == [
                .oomScore(0), .join(flags: 0x0202_0000), .terminal(rows: 24, columns: 80),
                .workingDirectory(path: "/srv"),
            ])
        let own = ProcessSetup(config: config, confinement: confinement)
        #expect(Array(exec.dropFirst(4)) == own.operations(arguments: ["sh"], terminal: true, hostname: "h"))
    }

    /// The bytes that C reads.
    @Test func theEncodingIsFixed() {
        let bytes = Operation.encode([
            .slave, .symbolicLink(target: "a", path: "/b"), .limit(resource: 7, soft: 1, hard: 2),
            .user(Operation.UserRequest(uid: 3, gid: nil, image: "x", groups: [4])),
            .execute(arguments: ["p"], environment: ["E=1"]),
        ])
        let expected: [[UInt8]] = [
            [0x53, 0x57, 0x4c, 0x50, 1, 0, 0, 0],
            [2, 0, 0, 0, 0, 0, 0, 0],
            [10, 0, 0, 0, 5, 0, 0, 0, 0x61, 0, 0x2f, 0x62, 0],
            [18, 0, 0, 0, 20, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0],
            [20, 0, 0, 0, 22, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0x78, 0, 1, 0, 0, 0, 4, 0, 0, 0],
            [28, 0, 0, 0, 14, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0x70, 0, 0x45, 0x3d, 0x31, 0],
        ]
        #expect(bytes == expected.flatMap { $0 })
    }

    @Test func failuresNameTheirOperation() {
        let operations: [Operation] = [
            .slave, .bind(source: "/s", destination: "/d", attributes: [], propagation: .isolated),
            .execute(arguments: ["run-it"], environment: []),
        ]
        func message(_ index: UInt32, _ error: Int32, _ detail: UInt32 = 0) -> String {
            ProgramFailure.message(
                FailureReply(stage: FailureReply.Stage.program, operation: index, error: error, detail: detail),
                in: operations)
        }
        #expect(
            message(1, 20)
                == "cannot mount /s on /d: not a directory (a file must be mounted on a file, a directory on a directory)"
        )
        #expect(message(1, 2, 7) == "cannot mount /s: no such file or directory")
        #expect(message(2, 2, 4) == "exec: \"run-it\": executable file not found in $PATH")
        #expect(message(2, 8) == "exec: \"run-it\": exec format error")
        #expect(message(0, 1).hasPrefix("cannot separate the container's namespaces"))
        #expect(message(99, 1).contains("operation not permitted"))
    }
}
