/// Why a volume is not there (yet): the message of a FailedMount event.
struct VolumeError: Error, Sendable, Equatable, CustomStringConvertible {
    var volume: String
    var reason: String

    init(_ volume: String, _ reason: String) {
        self.volume = volume
        self.reason = reason
    }

    var description: String { "MountVolume.SetUp failed for volume \"\(volume)\" : \(reason)" }
}
