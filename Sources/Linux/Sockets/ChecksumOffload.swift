import CLinux

/// Whether an interface leaves the checksums of what it sends to hardware (ethtool's tx-checksum).
public enum ChecksumOffload {
    /// Packets get their checksums before they reach the interface. It is one of the calling thread's network namespace.
    public static func disable(interface name: String) throws(SystemError) {
        try checked(clinux_disable_transmit_checksum(name), "switch off checksum offload of", name)
    }

    public static func isOn(interface name: String) throws(SystemError) -> Bool {
        try checked(clinux_transmit_checksum(name), "read the checksum offload of", name) != 0
    }
}
