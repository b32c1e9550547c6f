import Glibc
import Linux

/// The file that remembers the pool: a line for each change, rewritten when it is opened.
///
/// It lives in the run directory, which a reboot empties: it needs no fsync. A line that a crash cut off is left out.
struct AddressLog: Sendable {
    enum Entry: Sendable, Equatable {
        case assigned(IPv4Address, to: String)
        case released(IPv4Address, by: String?)

        var line: String {
            switch self {
            case .assigned(let address, let podUID): "+ \(address) \(podUID)\n"
            case .released(let address, let podUID): "- \(address) \(podUID ?? "")\n"
            }
        }

        init?(line: Substring) {
            let fields = line.split(separator: " ", omittingEmptySubsequences: false)
            guard fields.count == 3, let address = IPv4Address(String(fields[1])) else { return nil }
            let podUID = String(fields[2])
            switch fields[0] {
            case "+" where !podUID.isEmpty: self = .assigned(address, to: podUID)
            case "-": self = .released(address, by: podUID.isEmpty ? nil : podUID)
            default: return nil
            }
        }
    }

    private let file: OwnedFD
    private let path: String

    init(writingTo file: OwnedFD, path: String) {
        self.file = file
        self.path = path
    }

    /// Reads what an earlier daemon left into `pool`, and starts the file anew with just that.
    static func open(_ path: String, into pool: inout AddressPool) throws(SystemError) -> AddressLog {
        for entry in parse(try SystemKernel().readIfPresent(path) ?? "") { replay(entry, on: &pool) }
        let log = try create(path, pool.history)
        // Nobody has an address until it has been seen on a sandbox that lives.
        pool.releaseAll()
        return log
    }

    func append(_ entry: Entry) throws(SystemError) { try file.writeAll(Array(entry.line.utf8), path: path) }

    /// The whole lines of the text.
    static func parse(_ text: String) -> [Entry] {
        guard let end = text.lastIndex(of: "\n") else { return [] }
        return text[..<end].split(separator: "\n").compactMap { Entry(line: $0) }
    }

    static func replay(_ entry: Entry, on pool: inout AddressPool) {
        switch entry {
        case .assigned(let address, let podUID):
            // A line about another range, or one that contradicts an earlier one, is worth nothing: the sandboxes decide.
            try? pool.adopt(podUID, address)
        case .released(let address, let podUID):
            if let podUID, pool.assigned[podUID] == address {
                pool.release(podUID)
            } else {
                pool.noteReleased(address, by: podUID)
            }
        }
    }

    private static func create(_ path: String, _ entries: [Entry]) throws(SystemError) -> AddressLog {
        let new = path + ".new"
        let file = try OwnedFD.open(new, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, mode: 0o600)
        try file.writeAll(Array(entries.map(\.line).joined().utf8), path: new)
        // Over the old one in one step: a crash leaves one or the other.
        if rename(new, path) < 0 { throw SystemError("rename", new, code: errno) }
        return AddressLog(writingTo: file, path: path)
    }
}
