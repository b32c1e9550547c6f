/// A POSIX ACL in the form the kernel takes it (linux/posix_acl_xattr.h): version 2, then entries in order, all
/// little-endian.
struct AccessControlList {
    struct Entry {
        /// ACL_USER_OBJ 1, ACL_USER 2, ACL_GROUP_OBJ 4, ACL_GROUP 8, ACL_MASK 16, ACL_OTHER 32.
        var tag: UInt16
        var permissions: UInt16
        /// A user or group id; ACL_UNDEFINED_ID where the tag names none.
        var id: UInt32 = .max
    }

    var entries: [Entry]

    /// The kernel refuses lists that are not sorted by tag, then id (posix_acl_valid).
    var attributeValue: [UInt8] {
        var bytes: [UInt8] = [2, 0, 0, 0]
        for entry in entries.sorted(by: { ($0.tag, $0.id) < ($1.tag, $1.id) }) {
            withUnsafeBytes(of: entry.tag.littleEndian) { bytes += $0 }
            withUnsafeBytes(of: entry.permissions.littleEndian) { bytes += $0 }
            withUnsafeBytes(of: entry.id.littleEndian) { bytes += $0 }
        }
        return bytes
    }
}
