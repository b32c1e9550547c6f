import KubernetesAPI

/// What a write of a service took, until it is known whether the write stands.
struct ServiceReservation: Sendable {
    let allocator: ServiceAllocator
    let taken: Service
    let replaced: Service?

    /// The service is stored: what only its predecessor had is free.
    func keep() {
        if let replaced { allocator.release(replaced) }
    }

    /// It is not: what was taken is free.
    func giveBack() { allocator.release(taken) }
}

extension ObjectStore {
    /// Reserves what the object needs, where it is of the one kind that needs something; nil for all others.
    func reserve<T: APIObject>(_ object: inout T, replacing old: T?) throws(APIError) -> ServiceReservation? {
        guard T.self == Service.self, var service = object as? Service else { return nil }
        let reservation = try services.reserve(&service, replacing: old as? Service)
        if let complete = service as? T { object = complete }
        return reservation
    }

    /// The object is removed from the store.
    func release<T: APIObject>(_ object: T) {
        if let service = object as? Service { services.release(service) }
    }
}
