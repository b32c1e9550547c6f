import Glibc
import Synchronization

/// A kernel for tests: files and directories in memory, every change recorded in order, failures on request.
public final class RecordingKernel: Kernel {
    public enum Call: Sendable, Equatable {
        case write(String, to: String)
        case makeDirectory(String)
        case removeDirectory(String)
        case mount(String?, on: String, type: String?, flags: UInt, data: String?)
        case unmount(String)
        case wait(String)
    }

    private struct State {
        var files: [String: String] = [:]
        var directories: Set<String> = []
        var failures: [String: Int32] = [:]
        var calls: [Call] = []
        var newDirectory: [String: String] = [:]
        var onWrite: (@Sendable (String, String) -> [String: String])?
    }
    private let state: Mutex<State>

    /// - newDirectory: the files that appear in each directory that is made, as in cgroupfs: name to text.
    /// - onWrite: what else changes when a file is written: (text, path) to paths with their new texts.
    public init(
        files: [String: String] = [:], newDirectory: [String: String] = [:],
        onWrite: (@Sendable (String, String) -> [String: String])? = nil
    ) {
        var first = State(files: files, newDirectory: newDirectory, onWrite: onWrite)
        for path in files.keys { first.directories.insert(parent(of: path)) }
        state = Mutex(first)
    }

    /// What was asked, in order; reads are not recorded.
    public var calls: [Call] { state.withLock { $0.calls } }
    public func text(of path: String) -> String? { state.withLock { $0.files[path] } }
    /// Makes every change of `path` fail with `code` (nil: no longer).
    public func fail(_ path: String, with code: Int32?) { state.withLock { $0.failures[path] = code } }

    public func read(_ path: String) throws(SystemError) -> String {
        guard let text = state.withLock({ $0.files[path] }) else { throw SystemError("open", path, code: ENOENT) }
        return text
    }

    public func write(_ text: String, to path: String) throws(SystemError) {
        try record(.write(text, to: path), path, "write '\(text)' to") { state in
            guard state.files[path] != nil else { return ENOENT }
            state.files[path] = text
            for (other, new) in state.onWrite?(text, path) ?? [:] { state.files[other] = new }
            return 0
        }
    }

    public func makeDirectory(_ path: String, mode: UInt32) throws(SystemError) {
        try record(.makeDirectory(path), path, "make directory") { state in
            guard state.directories.insert(path).inserted else { return EEXIST }
            for (name, text) in state.newDirectory { state.files["\(path)/\(name)"] = text }
            return 0
        }
    }

    public func removeDirectory(_ path: String) throws(SystemError) {
        try record(.removeDirectory(path), path, "remove directory") { state in
            guard state.directories.remove(path) != nil else { return ENOENT }
            state.files = state.files.filter { parent(of: $0.key) != path }
            return 0
        }
    }

    public func directories(in path: String) throws(SystemError) -> [String] {
        let found = state.withLock { state in
            state.directories.contains(path)
                ? state.directories.filter { parent(of: $0) == path }.map { String($0.dropFirst(path.count + 1)) } : nil
        }
        guard let found else { throw SystemError("open directory", path, code: ENOENT) }
        return found.sorted()
    }

    public func waitForChange(
        of path: String, milliseconds: Int32, unless satisfied: (String) -> Bool
    ) throws(SystemError) {
        if satisfied(try read(path)) { return }
        // Once, however often it is made: nothing else happens in between.
        state.withLock { if $0.calls.last != .wait(path) { $0.calls.append(.wait(path)) } }
    }

    public func mount(
        _ source: String?, on target: String, type: String?, flags: UInt, data: String?
    ) throws(SystemError) {
        try record(
            .mount(source, on: target, type: type, flags: flags, data: data), target, "mount \(type ?? source ?? "") on"
        ) { _ in 0 }
    }

    public func unmount(_ target: String, flags: Int32) throws(SystemError) {
        try record(.unmount(target), target, "unmount") { _ in 0 }
    }

    private func record(
        _ call: Call, _ path: String, _ name: String, _ change: (inout State) -> Int32
    ) throws(SystemError) {
        let code = state.withLock { state in
            if let failure = state.failures[path] { return failure }
            let code = change(&state)
            if code == 0 { state.calls.append(call) }
            return code
        }
        if code != 0 { throw SystemError(name, path, code: code) }
    }
}

private func parent(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
}
