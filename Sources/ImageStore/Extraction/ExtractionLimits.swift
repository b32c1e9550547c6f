/// What one archive may ask for, so that a hostile or broken one cannot take the machine.
struct ExtractionLimits: Sendable {
    /// A Debian desktop has about 300,000 files.
    var entries = 2_000_000
    /// Bytes left free on the file system, so that an import never is what fills it for the store and the logs.
    var reservedSpace: Int64 = 64 << 20
    /// Zero bytes allowed after the last entry; tar pads to its blocking factor (10 KiB by default).
    var padding: Int64 = 64 << 20
    /// One entry's extended attributes together; the kernel's limit for one value (XATTR_SIZE_MAX).
    var attributeBytes = 64 << 10

    init() {}
}
