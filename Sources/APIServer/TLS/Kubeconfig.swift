import FoundationEssentials
import KubernetesAPI

/// DATA-DIR/kubeconfig: the administrator's way in, with certificates and key embedded so that it can be copied.
struct Kubeconfig {
    /// `https://127.0.0.1:6443`
    var server: String
    var authorityPEM: String
    var certificatePEM: String
    var keyPEM: String

    var text: String {
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: swiftlet
          cluster:
            server: \(server)
            certificate-authority-data: \(Self.base64(authorityPEM))
        users:
        - name: kubernetes-admin
          user:
            client-certificate-data: \(Self.base64(certificatePEM))
            client-key-data: \(Self.base64(keyPEM))
        contexts:
        - name: swiftlet
          context:
            cluster: swiftlet
            user: kubernetes-admin
        current-context: swiftlet

        """
    }

    /// Writes the file unless the one there already leads to the same server with the same keys: its owner may have
    /// chosen a namespace or added contexts with `kubectl config`.
    func write(to path: String) throws(PrivateFile.Failure) {
        if let present = try PrivateFile.read(path).map({ String(decoding: $0, as: UTF8.self) }),
            [server + "\n", Self.base64(authorityPEM), Self.base64(certificatePEM), Self.base64(keyPEM)]
                .allSatisfy({ present.contains($0) })
        {
            return
        }
        try PrivateFile.write(Array(text.utf8), to: path)
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
