import Synchronization

/// The cluster's authority, which is read when the server starts.
final class StartedAuthority: Sendable {
    private let authority = Mutex<CertificateAuthority?>(nil)
    var value: CertificateAuthority? { authority.withLock { $0 } }
    func set(_ new: CertificateAuthority) { authority.withLock { $0 = new } }
}
