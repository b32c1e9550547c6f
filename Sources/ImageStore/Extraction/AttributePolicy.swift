/// Which extended attributes of an archive reach the disk. See xattr(7) for the classes.
enum AttributePolicy: Equatable {
    case keep
    /// A label that a security module of the machine where the archive was made put on it; it would mean something
    /// else, or nothing, here.
    case leave
    case refuse(reason: String)

    init(_ name: String) {
        switch name {
        case "security.capability": self = .keep
        // Overlayfs takes these as orders about its layers: a crafted redirect or whiteout (kernel: overlayfs.rst).
        case _ where name.hasPrefix("trusted.overlay.") || name.hasPrefix("user.overlay."):
            self = .refuse(reason: "the attribute \(name) belongs to overlayfs")
        case _ where name.hasPrefix("user.") || name.hasPrefix("trusted."): self = .keep
        case _ where name.hasPrefix("system.posix_acl_"): self = .keep
        case _ where name.hasPrefix("security."): self = .leave
        default: self = .refuse(reason: "the attribute \(name) is of no class that Linux has")
        }
    }
}
