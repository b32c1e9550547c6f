import KubernetesAPI

extension APIError {
    /// A create in a namespace that is being deleted.
    var isNamespaceTerminating: Bool {
        status.details?.causes?.contains { $0.reason == "NamespaceTerminating" } ?? false
    }
}

extension MicroTime {
    static func + (moment: Self, duration: Duration) -> Self {
        Self(microseconds: moment.microseconds + Int64(duration / .microseconds(1)))
    }

    func duration(to later: MicroTime) -> Duration { .microseconds(later.microseconds - microseconds) }
}
