/// The text of cgroup.events.
public struct CgroupEvents: Sendable, Equatable {
    /// A live process is in it or below it.
    public var populated: Bool
    public var frozen: Bool

    init(text: String) {
        let values = FlatKeyed.parse(text)
        populated = values["populated"] == 1
        frozen = values["frozen"] == 1
    }
}
