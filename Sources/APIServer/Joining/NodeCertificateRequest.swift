import Crypto
import KubernetesAPI
import SwiftASN1
import X509

/// A certificate request of somebody who wants to be a node, checked: it holds nothing but a node's name and group, and
/// its sender has the key.
struct NodeCertificateRequest {
    let node: String
    let publicKey: P256.Signing.PublicKey

    /// - Throws: 400 that says what is wrong with it.
    init(pem: String) throws(APIError) {
        let request: CertificateSigningRequest
        do { request = try CertificateSigningRequest(pemEncoded: pem) } catch {
            throw .badRequest("the certificate request cannot be read: \(error)")
        }
        guard request.publicKey.isValidSignature(request.signature, for: request) else {
            throw .badRequest("the certificate request is not signed by its own key")
        }
        guard let key = P256.Signing.PublicKey(request.publicKey) else {
            throw .badRequest("the certificate request's key is not of the curve P-256")
        }
        var names: [String] = []
        var groups: [String] = []
        for attribute in request.subject.lazy.joined() {
            guard let value = String(attribute.value) else {
                throw .badRequest("the certificate request's subject is not text")
            }
            switch attribute.type {
            case .RDNAttributeType.commonName: names.append(value)
            case .RDNAttributeType.organizationName: groups.append(value)
            default: throw .badRequest("the certificate request's subject may hold a common name and an organization")
            }
        }
        guard groups == [NodeUser.group], names.count == 1,
            let node = NodeUser.node(User(name: names[0], groups: groups)), NodeUser.isName(node)
        else {
            throw .badRequest(
                "the certificate request must be for system:node:NAME in the group system:nodes, not for "
                    + "\(names.joined(separator: ",")) in \(groups.joined(separator: ","))")
        }
        self.node = node
        publicKey = key
    }

    /// Tells one key from another: SHA-256 of its DER form, in hexadecimal.
    var keyHash: String { hexadecimal(SHA256.hash(data: publicKey.derRepresentation)) }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
