import KubernetesAPI

/// Looks at every write before it is checked; may complete the object or refuse it.
///
/// Only here do the verbs meet single kinds: a plug-in picks those that it is about.
protocol AdmissionPlugin: Sendable {
    func admitCreate<T: APIObject>(_ object: inout T, _ storage: ObjectStore) throws(APIError)
    func admitUpdate<T: APIObject>(_ object: inout T, from old: T, _ storage: ObjectStore) throws(APIError)
    func admitDelete<T: APIObject>(_ object: T) throws(APIError)
}

extension AdmissionPlugin {
    func admitCreate<T: APIObject>(_ object: inout T, _ storage: ObjectStore) throws(APIError) {}
    func admitUpdate<T: APIObject>(_ object: inout T, from old: T, _ storage: ObjectStore) throws(APIError) {}
    func admitDelete<T: APIObject>(_ object: T) throws(APIError) {}

    /// Changes the object where it is of that kind.
    func with<T: APIObject, Kind: APIObject>(
        _ kind: Kind.Type, _ object: inout T, _ change: (inout Kind) throws(APIError) -> Void
    ) throws(APIError) {
        guard T.self == Kind.self, var concrete = object as? Kind else { return }
        try change(&concrete)
        if let changed = concrete as? T { object = changed }
    }
}

enum Admission {
    /// In the order in which they see a write.
    static func plugins(_ settings: AdmissionSettings) -> [any AdmissionPlugin] {
        [
            NamespaceLifecycle(), NamespaceLabel(), PodServiceAccount(),
            PodTolerations(seconds: settings.defaultTolerationSeconds),
            Priority(), NodeLeaseDuration(seconds: settings.nodeLeaseSeconds), DefaultStorageClass(),
        ]
    }
}
