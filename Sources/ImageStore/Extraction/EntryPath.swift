/// The path of an archive entry, below the root of the image. Bytes, because names in a file system need not be UTF-8.
struct EntryPath: Hashable, Sendable {
    /// Empty for the root itself (`./`).
    let components: [[UInt8]]

    /// PATH_MAX and NAME_MAX of Linux (limits.h): what is longer could be written piecemeal but never opened by name.
    static let longestPath = 4095
    static let longestName = 255

    /// Why a path is refused.
    struct Refusal: Error, Equatable {
        let reason: String
    }

    init(components: [[UInt8]]) { self.components = components }

    /// Takes `a/b`, `./a//b`; refuses what is absolute or climbs, instead of repairing it: an archive that says `/etc`
    /// or `../etc` meant something else than what a repaired name would give.
    init(_ bytes: some Collection<UInt8>) throws(Refusal) {
        guard !bytes.isEmpty else { throw Refusal(reason: "its name is empty") }
        guard bytes.first != slash else { throw Refusal(reason: "its name is absolute") }
        guard bytes.count <= Self.longestPath else {
            throw Refusal(reason: "its name is longer than \(Self.longestPath) bytes")
        }
        var components: [[UInt8]] = []
        for part in bytes.split(separator: slash) where !part.elementsEqual([dot]) {
            guard !part.elementsEqual([dot, dot]) else { throw Refusal(reason: "its name contains \"..\"") }
            guard part.count <= Self.longestName else {
                throw Refusal(reason: "a part of its name is longer than \(Self.longestName) bytes")
            }
            components.append(Array(part))
        }
        self.components = components
    }

    var isRoot: Bool { components.isEmpty }
    var parent: EntryPath { EntryPath(components: components.dropLast()) }
    /// The last component as a C string.
    var name: [UInt8] { (components.last ?? [dot]) + [0] }
    /// The whole path as a C string, `.` for the root.
    var cString: [UInt8] { components.isEmpty ? [dot, 0] : Array(components.joined(separator: [slash])) + [0] }
    var text: String {
        components.isEmpty ? "." : String(decoding: Array(components.joined(separator: [slash])), as: UTF8.self)
    }

    /// Checks the target of a symbolic link at this path. An absolute target is the container's own root (Debian is
    /// full of them). A relative one that climbs above the root means the same place inside a container, where `..`
    /// of the root is the root; but whatever follows it from the host would leave the image, so it is refused.
    func checkSymlink(target: [UInt8]) throws(Refusal) {
        guard !target.isEmpty else { throw Refusal(reason: "a symbolic link without a target") }
        guard target.count <= Self.longestPath else {
            throw Refusal(reason: "its target is longer than \(Self.longestPath) bytes")
        }
        if target.first == slash { return }
        var depth = components.count - 1
        for part in target.split(separator: slash) where !part.elementsEqual([dot]) {
            depth += part.elementsEqual([dot, dot]) ? -1 : 1
            guard depth >= 0 else {
                let shown = String(decoding: target, as: UTF8.self)
                throw Refusal(reason: "the symbolic link's target \"\(shown)\" leads outside the image")
            }
        }
    }
}

private let slash = UInt8(ascii: "/")
private let dot = UInt8(ascii: ".")
