import KubernetesAPI
import Store
import Synchronization

/// One object at one revision: its JSON, made once and served to every get, list and watch, and the typed value, made when
/// something in this process first asks for it.
///
/// What the store keeps has no resourceVersion, because the revision is known only when it commits; it is spliced in here.
final class StoredObject: Sendable {
    let revision: Revision
    let type: any APIObject.Type
    /// The JSON with the revision in it.
    let bytes: [UInt8]
    /// Where in `bytes` the metadata object is, braces included.
    let metadata: Range<Int>
    /// Where in `bytes` the spliced member is, its comma included.
    private let version: Range<Int>
    private let typed: Mutex<(any APIObject)?>

    /// - Parameters:
    ///   - raw: the JSON as it is stored.
    ///   - object: the typed value where the caller has it.
    init(_ raw: [UInt8], _ revision: Revision, _ type: any APIObject.Type, _ object: (any APIObject)? = nil)
        throws(StoredObjectError)
    {
        guard let place = JSONMember.object("metadata", in: raw) else { throw StoredObjectError() }
        let isEmpty = place.count == 2
        let member = Array("\"resourceVersion\":\"\(revision.text)\"\(isEmpty ? "" : ",")".utf8)
        let start = place.lowerBound + 1
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count + member.count)
        bytes += raw[..<start]
        bytes += member
        bytes += raw[start...]
        self.bytes = bytes
        self.revision = revision
        self.type = type
        metadata = place.lowerBound..<(place.upperBound + member.count)
        version = start..<(start + member.count)
        var object = object
        object?.metadata.resourceVersion = revision.text
        typed = Mutex(object)
    }

    /// The JSON as it is stored.
    var raw: [UInt8] { Array(bytes[..<version.lowerBound] + bytes[version.upperBound...]) }

    /// Whether the stored JSON is the same.
    func hasRaw(_ other: [UInt8]) -> Bool {
        other.count == bytes.count - version.count
            && other[..<version.lowerBound].elementsEqual(bytes[..<version.lowerBound])
            && other[version.lowerBound...].elementsEqual(bytes[version.upperBound...])
    }

    /// This object as a later event shows it: the same but for the revision.
    func at(_ revision: Revision) throws(StoredObjectError) -> StoredObject {
        if revision == self.revision { return self }
        return try StoredObject(raw, revision, type, typed.withLock { $0 })
    }

    /// - Throws: where what is stored is not this type, which only another program's hand in the store brings about.
    func object<T: APIObject>(_ type: T.Type) throws(APIError) -> T {
        let known = typed.withLock { $0 }
        if let known = known as? T { return known }
        let decoded: T
        do {
            decoded = try JSON.decode(T.self, from: bytes)
        } catch {
            throw .internalError("a stored \(T.resource.kind) of revision \(revision) cannot be read: \(error)")
        }
        typed.withLock { $0 = decoded }
        return decoded
    }
}

/// Stored JSON that is no object of the API.
struct StoredObjectError: Error, CustomStringConvertible {
    var description: String { "the stored JSON has no metadata" }
}
