import Client
import KubernetesAPI
import Logging
import Store
import Synchronization

/// What every verb on every kind stands on: the store of objects, the clock, chance, and the admission plug-ins.
final class ObjectStore: Sendable {
    let store: Store<StoredObject>
    let clock: any WallClock
    let admission: [any AdmissionPlugin]
    let snapshots: ListSnapshots
    let expiry = ExpirySchedule()
    let random: RandomSource
    let services: ServiceAllocator
    private let handOff: HandOff

    init(
        path: String?, kinds: [any APIObject.Type], serviceRange: ServiceAddressRange,
        settings: AdmissionSettings, clock: any WallClock, random: @escaping RandomSource, logger: Logger
    ) throws {
        let types = Dictionary(
            uniqueKeysWithValues: kinds.map { type in
                let resource = type.resource
                return ("\(resource.group.isEmpty ? "core" : resource.group)/\(resource.plural)", type)
            })
        let handOff = HandOff()
        self.handOff = handOff
        self.clock = clock
        self.random = random
        services = ServiceAllocator(range: serviceRange, random: random)
        admission = Admission.plugins(settings)
        snapshots = ListSnapshots()
        store = try Store(
            path: path,
            materialize: { key, bytes, revision in
                guard let kind = StorageKey.kind(of: key), let type = types[String(kind)] else {
                    throw UnknownKindError(key: key)
                }
                return try StoredObject(bytes, revision, type, handOff.take(key, bytes))
            }, logger: logger)
    }

    var now: Time { clock.now().time }

    /// Writes an object whose JSON and typed value are both at hand.
    func put(
        _ key: String, _ bytes: [UInt8], _ object: any APIObject, expecting: Expectation
    ) async throws(StoreError) -> StoredObject {
        handOff.give(key, bytes, object)
        defer { handOff.forget(key, bytes) }
        return try await store.put(key, bytes, expecting: expecting).value
    }
}

/// A key that no kind of this program lies under.
struct UnknownKindError: Error, CustomStringConvertible {
    let key: String
    var description: String { "no kind of object is kept at \(key)" }
}

/// Passes the typed value of a write to the place where the store makes its entry, so that it need not be decoded again.
///
/// Two writers of one key may overwrite each other here; then the bytes do not fit, and the value is decoded later instead.
private final class HandOff: Sendable {
    private let waiting = Mutex<[String: (bytes: [UInt8], object: any APIObject)]>([:])

    func give(_ key: String, _ bytes: [UInt8], _ object: any APIObject) {
        waiting.withLock { $0[key] = (bytes, object) }
    }

    func take(_ key: String, _ bytes: [UInt8]) -> (any APIObject)? {
        waiting.withLock { waiting in
            guard let found = waiting[key], found.bytes == bytes else { return nil }
            return found.object
        }
    }

    func forget(_ key: String, _ bytes: [UInt8]) {
        waiting.withLock { waiting in
            if waiting[key]?.bytes == bytes { waiting[key] = nil }
        }
    }
}
