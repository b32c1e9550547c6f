import FoundationEssentials
import RemoteClient

/// The administrator's way in, as the server writes it into its data directory.
struct KubeconfigFile {
    let endpoint: ServerEndpoint
    let authority: String
    let identity: ClientIdentity

    struct Unreadable: Error, CustomStringConvertible {
        var description: String
    }

    init(dataDirectory: String) throws {
        let path = dataDirectory + "/kubeconfig"
        let text: String
        do { text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self) } catch {
            throw Unreadable(
                description:
                    "\(path) cannot be read (\(error)): run this on the server, as root, with "
                    + "its --data-dir")
        }
        func value(_ name: String) throws -> String {
            // The first of each is swiftlet's own entry; kubectl config adds others behind it or leaves the file alone.
            for line in text.split(separator: "\n") {
                let line = line.drop { $0 == " " || $0 == "-" }
                if line.hasPrefix(name + ": ") { return String(line.dropFirst(name.count + 2)) }
            }
            throw Unreadable(description: "\(path) has no \(name): restart the server, which writes the file anew")
        }
        func pem(_ name: String) throws -> String {
            guard let data = Data(base64Encoded: try value(name)) else {
                throw Unreadable(description: "\(path): \(name) is not base64")
            }
            return String(decoding: data, as: UTF8.self)
        }
        guard let endpoint = ServerEndpoint(url: try value("server")) else {
            throw Unreadable(description: "\(path): the server is no https address")
        }
        self.endpoint = endpoint
        authority = try pem("certificate-authority-data")
        identity = ClientIdentity(
            certificate: try pem("client-certificate-data"), key: try pem("client-key-data"))
    }

    func transport() throws -> HTTPTransport {
        try HTTPTransport(endpoint, trust: .authority(authority), identity: identity)
    }
}
