/// One line of `swiftlet check`: what was looked at, how it stands, what that means, what to do.
public struct HostFinding: Sendable, Equatable, Codable {
    public enum Level: String, Sendable, Codable, Comparable {
        case ok, warning, error

        public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
        private var rank: Int { self == .ok ? 0 : self == .warning ? 1 : 2 }
    }

    /// `cgroup controller memory`
    public var name: String
    /// A warning: pods run, something the user may count on does not hold. An error: pods cannot run.
    public var level: Level
    public var meaning: String
    /// Empty when there is nothing to do.
    public var remedy: String

    public init(_ name: String, _ level: Level, _ meaning: String, remedy: String = "") {
        self.name = name
        self.level = level
        self.meaning = meaning
        self.remedy = remedy
    }
}
