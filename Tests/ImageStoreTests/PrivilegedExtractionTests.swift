import CLinux
import Foundation
import Testing

@testable import ImageStore

/// What only root can write, and a disk that is really full.
@Suite(.enabled(if: isRoot, "needs root"), .serialized) struct PrivilegedExtractionTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    /// VFS_CAP_REVISION_2 with cap_net_bind_service, effective (linux/capability.h).
    static let capability: [UInt8] = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

    private func attribute(_ path: String, _ name: String) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: 4096)
        let size = clinux_lgetxattr(path, name, &value, value.count)
        return size < 0 ? nil : Array(value[..<size])
    }

    @Test func ownersModesDevicesAttributesLinks() throws {
        let pax: [(String, [UInt8])] = [
            ("SCHILY.xattr.security.capability", Self.capability), ("SCHILY.xattr.user.note", [0, 1, 255]),
            ("SCHILY.xattr.security.selinux", Array("system_u".utf8)),
        ]
        let image = try scratch.importing { tar in
            tar.add("./", .directory, mode: 0o750, uid: 7, gid: 8)
            tar.add("ping", content: [1], mode: 0o755, uid: 0, gid: 0, pax: pax)
            tar.add("su", content: [1], mode: 0o6755, uid: 12, gid: 34)
            tar.add("big", content: [1], uid: 3_000_000, gid: 4_000_000)
            tar.add("tmp/", .directory, mode: 0o1777, uid: 0, gid: 0, pax: [("SCHILY.xattr.user.d", [1])])
            tar.add("link", .symlink, link: "su", uid: 5, gid: 6, pax: [("SCHILY.xattr.trusted.l", [2])])
            tar.add("twin", .hardLink, link: "su", uid: 12, gid: 34)
            tar.add("linktwin", .hardLink, link: "link")
            tar.add("dev/null", .character, mode: 0o666, uid: 0, gid: 0, device: (1, 3))
            tar.add("dev/disk", .block, mode: 0o660, uid: 0, gid: 6, device: (253, 70000))
            tar.add(
                "acl", content: [1], mode: 0o640, uid: 0, gid: 0,
                pax: [("SCHILY.acl.access", Array("user::rw-,user:daemon:r--:1,group::r--,mask::r--,other::---".utf8))])
        }
        let root = try scratch.store().layersRoot + "/" + image.layers[0]
        func owner(_ name: String) throws -> [UInt32] {
            let status = try status(root + name)
            return [status.st_uid, status.st_gid, status.st_mode & 0o7777]
        }
        #expect(try owner("") == [7, 8, 0o750])
        #expect(try owner("/su") == [12, 34, 0o6755])
        #expect(try owner("/big") == [3_000_000, 4_000_000, 0o644])
        #expect(try owner("/tmp") == [0, 0, 0o1777])
        #expect(try owner("/link") == [5, 6, 0o777])
        #expect(try status(root + "/twin").st_ino == (try status(root + "/su").st_ino))
        #expect(try status(root + "/linktwin").st_ino == (try status(root + "/link").st_ino))
        #expect(try status(root + "/dev/null").st_rdev == clinux_makedev(1, 3))
        #expect(try status(root + "/dev/null").st_mode == S_IFCHR | 0o666)
        #expect(try status(root + "/dev/disk").st_rdev == clinux_makedev(253, 70000))
        #expect(try owner("/dev/disk") == [0, 6, 0o660])
        #expect(attribute(root + "/ping", "security.capability") == Self.capability)
        #expect(attribute(root + "/ping", "user.note") == [0, 1, 255])
        #expect(attribute(root + "/ping", "security.selinux") != Array("system_u".utf8))
        #expect(attribute(root + "/tmp", "user.d") == [1])
        #expect(attribute(root + "/link", "trusted.l") == [2])
        #expect(attribute(root + "/acl", "system.posix_acl_access")?.count == 4 + 5 * 8)
        // The store hides its setuid programs from the host's users.
        #expect(try status(scratch.path + "/data/image-store").st_mode & 0o7777 == 0o700)
    }

    /// A file system of 4 MiB; the free-space check is told there is more, so that the disk itself runs full.
    @Test func fullDiskLeavesNothing() throws {
        let data = scratch.path + "/data"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try #require(mount("tmpfs", data, "tmpfs", 0, "size=4m") == 0)
        defer { umount2(data, Int32(MNT_DETACH)) }
        var extractor = LayerExtractor()
        extractor.freeSpace = { _ in (1 << 40, 1 << 30) }
        let store = try scratch.store(extractor)
        for size in [8 << 20, 3 << 20] {
            var tar = TarBuilder()
            for n in 0..<8 { tar.add("f\(n)", content: [UInt8](repeating: UInt8(n), count: size / 4)) }
            let file = try scratch.write(tar.archive, to: "big.tar")
            let error = #expect(throws: ImageError.self) {
                try store.importTarball("web:1", from: file, config: ImageConfig())
            }
            guard case .noSpace = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(try scratch.leftovers() == [])
        }
        // And the store still works.
        try scratch.importing("web:1", into: store) { $0.add("f", content: [1]) }
        #expect(try store.list().count == 1)
    }
}
