import Client
import KubernetesAPI
import NIOHTTP1

/// What is not of Kubernetes: the authority's certificate for whoever asks, the address that nodes join at for the
/// administrator, and certificates for nodes.
struct JoinEndpoint: Sendable {
    static let root = "/swiftlet"
    static let authorityPath = "/swiftlet/authority"
    static let addressPath = "/swiftlet/join"
    static let certificatePath = "/swiftlet/node-certificate"

    let authorityPEM: String
    /// `https://HOST:PORT`; nil for a server that only this machine can reach.
    let address: String?
    let network: ClusterNetwork
    let clock: any WallClock
    let join: NodeJoin

    private struct RequestBody: Decodable { var request: String }

    private struct CertificateBody: Encodable {
        var certificate: String
        var podCIDR: String
        var network: ClusterNetwork
    }

    private struct AuthorityBody: Encodable {
        var certificate: String
        /// By which a machine notices that its clock is off before a certificate says so in obscurer words.
        var time: Time
    }

    private struct AddressBody: Encodable { var address: String? }

    /// Nil for a path that leads nowhere. Whether the user may is checked before.
    func respond(_ request: HTTPRequest, _ path: String, _ user: User?) throws(APIError) -> HTTPOutcome? {
        switch (path, request.method) {
        case (Self.authorityPath, .GET):
            return .answer(Self.json(AuthorityBody(certificate: authorityPEM, time: clock.now().time)))
        case (Self.addressPath, .GET): return .answer(Self.json(AddressBody(address: address)))
        case (Self.certificatePath, .POST):
            guard let user else { throw Gatekeeper.unauthorized }
            let body: RequestBody
            do { body = try JSON.decode(RequestBody.self, from: request.body) } catch {
                throw .badRequest("the request cannot be read: \(error)")
            }
            let wanted = try NodeCertificateRequest(pem: body.request)
            return .later { [join, network] in
                do {
                    let (pem, range) = try await join.certificate(for: wanted, of: user)
                    return .answer(Self.json(CertificateBody(certificate: pem, podCIDR: range, network: network)))
                } catch let error as APIError {
                    return .answer(HTTPAnswer(error))
                } catch {
                    return .answer(
                        HTTPAnswer(
                            APIError(
                                code: 500, reason: "InternalError", message: "no certificate could be made: \(error)")))
                }
            }
        case (Self.authorityPath, _), (Self.addressPath, _), (Self.certificatePath, _):
            throw RequestTarget.methodNotAllowed
        default: return nil
        }
    }

    private static func json(_ body: some Encodable) -> HTTPAnswer {
        do {
            return HTTPAnswer(contentType: Negotiation.json, body: try JSON.encode(body))
        } catch {
            return HTTPAnswer(APIError(code: 500, reason: "InternalError", message: "\(error)"))
        }
    }
}
