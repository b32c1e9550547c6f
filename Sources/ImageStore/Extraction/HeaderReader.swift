import CArchive
import Glibc

/// Turns libarchive's entry into a `TarEntry`, refusing what an image may not hold.
struct HeaderReader {
    let header: OpaquePointer
    let archivePath: String
    let limits: ExtractionLimits

    func entry(leavingOut leftOut: inout Set<String>) throws(ImageError) -> TarEntry {
        guard let name = bytes(archive_entry_pathname(header)) else {
            throw .invalidArchive(path: archivePath, reason: "holds an entry whose name cannot be read")
        }
        let shown = String(decoding: name, as: UTF8.self)
        func refuse(_ reason: String) -> ImageError {
            .refusedEntry(path: archivePath, entry: shown, reason: reason)
        }
        do throws(EntryPath.Refusal) {
            let path = try EntryPath(name)
            let entry = TarEntry(
                path: path, kind: try kind(at: path), mode: UInt32(archive_entry_perm(header)) & 0o7777,
                owner: try identity(archive_entry_uid(header), "owner"),
                group: try identity(archive_entry_gid(header), "group"),
                modified: .init(seconds: archive_entry_mtime(header), nanoseconds: archive_entry_mtime_nsec(header)),
                attributes: try attributes(leavingOut: &leftOut))
            if path.isRoot, entry.kind != .directory { throw EntryPath.Refusal(reason: "the root is not a directory") }
            return entry
        } catch {
            throw refuse(error.reason)
        }
    }

    private func kind(at path: EntryPath) throws(EntryPath.Refusal) -> TarEntry.Kind {
        if let target = bytes(archive_entry_hardlink(header)) {
            do throws(EntryPath.Refusal) {
                let target = try EntryPath(target)
                if target == path { throw EntryPath.Refusal(reason: "a hard link to itself") }
                return .hardLink(target: target)
            } catch {
                throw EntryPath.Refusal(
                    reason: "a hard link to \"\(String(decoding: target, as: UTF8.self))\": \(error.reason)")
            }
        }
        switch mode_t(archive_entry_filetype(header)) {
        case S_IFDIR: return .directory
        case S_IFREG:
            let size = archive_entry_size(header)
            guard size >= 0 else { throw EntryPath.Refusal(reason: "its size is negative") }
            return .regular(size: size)
        case S_IFLNK:
            let target = bytes(archive_entry_symlink(header)) ?? []
            try path.checkSymlink(target: target)
            return .symlink(target: target)
        case S_IFIFO: return .fifo
        case let type where type == S_IFCHR || type == S_IFBLK:
            return .device(
                character: type == S_IFCHR, major: UInt32(truncatingIfNeeded: archive_entry_rdevmajor(header)),
                minor: UInt32(truncatingIfNeeded: archive_entry_rdevminor(header)))
        case let type: throw EntryPath.Refusal(reason: "its type (\(String(type, radix: 8))) is not supported")
        }
    }

    /// chown(2) takes -1 for "leave as it is", so 2^32 - 1 cannot be given to a file.
    private func identity(_ number: Int64, _ what: String) throws(EntryPath.Refusal) -> UInt32 {
        guard let id = UInt32(exactly: number), id != .max else {
            throw EntryPath.Refusal(reason: "its \(what) \(number) is not an id that Linux has")
        }
        return id
    }

    private func attributes(leavingOut leftOut: inout Set<String>) throws(EntryPath.Refusal) -> [TarEntry.Attribute] {
        var attributes: [TarEntry.Attribute] = []
        var total = 0
        archive_entry_xattr_reset(header)
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while archive_entry_xattr_next(header, &name, &value, &size) == ARCHIVE_OK, let name {
            let text = String(cString: name)
            switch AttributePolicy(text) {
            case .leave: leftOut.insert(text)
            case .refuse(let reason): throw EntryPath.Refusal(reason: reason)
            case .keep:
                total += size
                guard total <= limits.attributeBytes, text.utf8.count <= 255 else {
                    throw EntryPath.Refusal(reason: "its extended attributes are larger than Linux allows")
                }
                attributes.append(.init(name: text, value: Array(UnsafeRawBufferPointer(start: value, count: size))))
            }
        }
        for (type, name) in [
            (ARCHIVE_ENTRY_ACL_TYPE_ACCESS, "system.posix_acl_access"),
            (ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, "system.posix_acl_default"),
        ] where archive_entry_acl_types(header) & type != 0 {
            attributes.append(.init(name: name, value: try accessControlList(type).attributeValue))
        }
        return attributes
    }

    private func accessControlList(_ wanted: Int32) throws(EntryPath.Refusal) -> AccessControlList {
        var list = AccessControlList(entries: [])
        archive_entry_acl_reset(header, wanted)
        var type: Int32 = 0
        var permissions: Int32 = 0
        var tag: Int32 = 0
        var qualifier: Int32 = 0
        var name: UnsafePointer<CChar>?
        while archive_entry_acl_next(header, wanted, &type, &permissions, &tag, &qualifier, &name) == ARCHIVE_OK {
            let permissions = UInt16(truncatingIfNeeded: permissions & 7)
            let id = UInt32(bitPattern: qualifier)
            switch tag {
            case ARCHIVE_ENTRY_ACL_USER_OBJ: list.entries.append(.init(tag: 1, permissions: permissions))
            case ARCHIVE_ENTRY_ACL_GROUP_OBJ: list.entries.append(.init(tag: 4, permissions: permissions))
            case ARCHIVE_ENTRY_ACL_MASK: list.entries.append(.init(tag: 16, permissions: permissions))
            case ARCHIVE_ENTRY_ACL_OTHER: list.entries.append(.init(tag: 32, permissions: permissions))
            case ARCHIVE_ENTRY_ACL_USER where qualifier >= 0:
                list.entries.append(.init(tag: 2, permissions: permissions, id: id))
            case ARCHIVE_ENTRY_ACL_GROUP where qualifier >= 0:
                list.entries.append(.init(tag: 8, permissions: permissions, id: id))
            default: throw EntryPath.Refusal(reason: "its access control list has an entry without a numeric id")
            }
        }
        return list
    }

    private func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
        guard let text else { return nil }
        return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}
