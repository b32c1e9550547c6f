import Glibc

/// Source: kubernetes/kubernetes pkg/apis/core/validation, ValidateNonSpecialIP (v1.33).
extension ValueRules {
    /// Why no packet from elsewhere can be for an address; empty where one can.
    static func unreachable(_ text: String) -> [String] {
        var address = in_addr()
        guard inet_pton(AF_INET, text, &address) == 1 else { return ["IPv6 is not configured on this cluster"] }
        let value = UInt32(bigEndian: address.s_addr)
        if value == 0 { return ["may not be unspecified (0.0.0.0 or ::)"] }
        if value >> 24 == 127 { return ["may not be in the loopback range (127.0.0.0/8, ::1/128)"] }
        if value >> 16 == 169 << 8 | 254 { return ["may not be in the link-local range (169.254.0.0/16, fe80::/10)"] }
        if value >> 8 == 224 << 16 {
            return ["may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"]
        }
        return []
    }
}
