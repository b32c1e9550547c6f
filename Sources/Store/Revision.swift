/// A point in the store's history. Opaque: whoever is outside the store may compare, print and read one, never count with it,
/// so that another backend's revisions can stand in.
public struct Revision: Hashable, Sendable, Comparable, CustomStringConvertible {
    let number: Int64

    init(_ number: Int64) { self.number = number }

    /// - Returns: nil unless the text is what `text` gives.
    public init?(_ text: String) {
        guard let number = Int64(text), number >= 0 else { return nil }
        self.number = number
    }

    /// Before anything was written.
    public static let zero = Revision(0)

    public var text: String { String(number) }
    public var description: String { text }
    public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}
