/// Why a container's configuration cannot be made: the reason is CreateContainerConfigError.
struct ConfigError: Error, Sendable, Equatable, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
