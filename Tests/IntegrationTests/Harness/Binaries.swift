import Foundation
import Synchronization
import Testing

/// The programs under test and beside it.
enum Binaries {
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    /// The test bundle lies beside the programs of the same build.
    static let swiftlet =
        ProcessInfo.processInfo.environment["SWIFTLET_BIN"] ?? package + "/.build/debug/swiftlet"
    static let kubectl = ProcessInfo.processInfo.environment["KUBECTL"] ?? find("kubectl") ?? "kubectl"

    static let loadGenerator = package + "/.build/debug/load-generator"
    /// Every kubectl to try a thing with: those that `KUBECTLS` names, with colons between them, or the one there is.
    static let kubectls: [String] =
        ProcessInfo.processInfo.environment["KUBECTLS"].map { $0.split(separator: ":").map(String.init) } ?? [kubectl]

    static func find(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static var isRoot: Bool { getuid() == 0 }
}

/// Root file systems for the tests: busybox alone, with a page that says its version.
enum Images {
    /// A file that `make rootfs` made.
    static func made(_ recipe: String, _ suffix: String) -> String {
        Binaries.package + "/.build/rootfs/\(recipe).\(suffix)"
    }

    static func areMade(_ recipes: String...) -> Bool {
        recipes.allSatisfy { FileManager.default.fileExists(atPath: made($0, "tar.zst")) }
    }

    /// Imports what a recipe made, with the configuration that lies beside it.
    static func importMade(
        _ recipe: String, as name: String, into dataDirectory: String, environment: [String]
    ) async throws {
        let config = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: made(recipe, "json"))))
                as? [String: Any])
        var arguments = ["image", "import", name, made(recipe, "tar.zst"), "--data-dir", dataDirectory]
        for (field, option) in [("entrypoint", "--entrypoint"), ("cmd", "--cmd"), ("env", "--env")] {
            for word in config[field] as? [String] ?? [] { arguments += [option, word] }
        }
        for variable in environment { arguments += ["--env", variable] }
        if let signal = config["stopSignal"] as? String { arguments += ["--stop-signal", signal] }
        let output = try await runProgram(Binaries.swiftlet, arguments)
        guard output.code == 0 else { throw TimedOut(description: "image import \(name): \(output)") }
    }

    private static let webs = Mutex<[String: Task<String, any Error>]>([:])

    /// The tarball of the test image, made once however many tests ask at the same time.
    static func web(_ version: String) async throws -> String {
        let task = webs.withLock { webs in
            let task = webs[version] ?? Task { try await makeWeb(version) }
            webs[version] = task
            return task
        }
        return try await task.value
    }

    /// At the runner's end, whatever became of the tests.
    private static let removal: Void = {
        atexit {
            for version in ["1.16", "1.17"] { unlink("/tmp/swiftlet-it-\(getpid())-web-\(version).tar") }
        }
    }()

    private static func makeWeb(_ version: String) async throws -> String {
        removal
        let path = "/tmp/swiftlet-it-\(getpid())-web-\(version).tar"
        if FileManager.default.fileExists(atPath: path) { return path }
        let tree = path + ".tree"
        for directory in ["bin", "www", "tmp", "etc", "proc", "sys", "dev"] {
            try FileManager.default.createDirectory(atPath: "\(tree)/\(directory)", withIntermediateDirectories: true)
        }
        let busybox = Binaries.find("busybox") ?? "/bin/busybox"
        try FileManager.default.copyItem(atPath: busybox, toPath: tree + "/bin/busybox")
        for name in [
            "sh", "cat", "sleep", "ls", "id", "wget", "ps", "hostname", "env", "touch", "kill", "grep", "mount", "ip",
            "dd", "stty", "true", "false", "seq", "date", "nc", "tail", "head", "wc", "rm", "mkdir", "echo", "test",
            "chmod", "stat", "tr", "mknod", "ping",
        ] {
            try FileManager.default.createSymbolicLink(atPath: "\(tree)/bin/\(name)", withDestinationPath: "busybox")
        }
        try "\(version)\n".write(toFile: tree + "/www/index.html", atomically: true, encoding: .utf8)
        try "root:x:0:0:root:/:/bin/sh\nweb:x:1000:1000:web:/:/bin/sh\n".write(
            toFile: tree + "/etc/passwd", atomically: true, encoding: .utf8)
        try "root:x:0:\nweb:x:1000:\n".write(toFile: tree + "/etc/group", atomically: true, encoding: .utf8)
        let output = try await runProgram("/bin/tar", ["-C", tree, "-cf", path + ".new", "."])
        guard output.code == 0 else { throw TimedOut(description: "tar: \(output)") }
        try FileManager.default.moveItem(atPath: path + ".new", toPath: path)
        try FileManager.default.removeItem(atPath: tree)
        return path
    }
}
