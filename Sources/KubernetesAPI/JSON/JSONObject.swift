/// The members of a JSON object in the order in which they were written. No two have the same key.
public struct JSONObject: Sendable {
    public struct Member: Sendable {
        public var key: String
        public var value: JSONValue

        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    public private(set) var members: [Member]

    /// - Parameter members: with distinct keys.
    public init(_ members: [Member] = []) { self.members = members }

    public var isEmpty: Bool { members.isEmpty }
    public var count: Int { members.count }

    /// Looks through the members one by one: right for the few of an API type. What visits every member of an object that
    /// a user may make as large as a request asks a `Lookup`.
    public subscript(key: String) -> JSONValue? {
        get {
            for member in members where member.key == key { return member.value }
            return nil
        }
        set {
            if let index = members.firstIndex(where: { $0.key == key }) {
                if let newValue {
                    members[index].value = newValue
                } else {
                    members.remove(at: index)
                }
            } else if let newValue {
                members.append(Member(key: key, value: newValue))
            }
        }
    }

    /// Adds a member whose key is known to be new.
    mutating func append(_ key: String, _ value: JSONValue) { members.append(Member(key: key, value: value)) }

    /// Changes every member in place.
    mutating func updateEach<E: Error>(_ change: (inout Member) throws(E) -> Void) throws(E) {
        for index in members.indices { try change(&members[index]) }
    }

    mutating func removeAll(where condition: (Member) -> Bool) { members.removeAll(where: condition) }

    /// Finds members by key in constant time, however many there are.
    struct Lookup {
        private let members: [Member]
        private let index: [String: Int]?

        init(_ object: JSONObject) {
            members = object.members
            index =
                members.count <= 16
                ? nil : Dictionary(uniqueKeysWithValues: members.indices.map { (object.members[$0].key, $0) })
        }

        subscript(key: String) -> JSONValue? {
            if let index { return index[key].map { members[$0].value } }
            for member in members where member.key == key { return member.value }
            return nil
        }
    }

    var lookup: Lookup { Lookup(self) }
}

extension JSONObject: Equatable {
    public static func == (a: Self, b: Self) -> Bool {
        guard a.count == b.count else { return false }
        let other = b.lookup
        return a.members.allSatisfy { other[$0.key] == $0.value }
    }
}
