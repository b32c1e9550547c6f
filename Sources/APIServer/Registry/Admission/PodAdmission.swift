import KubernetesAPI

/// A pod that names no service account runs as its namespace's `default`.
/// Source: kubernetes plugin/pkg/admission/serviceaccount.
struct PodServiceAccount: AdmissionPlugin {
    func admitCreate<T: APIObject>(_ object: inout T, _ storage: ObjectStore) throws(APIError) {
        try with(Pod.self, &object) { pod in
            if pod.spec.serviceAccountName ?? "" == "" { pod.spec.serviceAccountName = "default" }
            // Kubernetes still shows the field's older name too.
            pod.spec.serviceAccount = pod.spec.serviceAccountName
        }
    }
}

/// A pod stays for a while on a node that went silent, unless it says otherwise.
/// Source: kubernetes plugin/pkg/admission/defaulttolerationseconds.
struct PodTolerations: AdmissionPlugin {
    let seconds: Int64
    static let keys = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]

    func admitCreate<T: APIObject>(_ object: inout T, _ storage: ObjectStore) throws(APIError) {
        try with(Pod.self, &object) { pod in
            var tolerations = pod.spec.tolerations ?? []
            let given = tolerations
            for key in Self.keys where !given.contains(where: { Self.covers($0, key) }) {
                tolerations.append(
                    Toleration(key: key, operator: "Exists", effect: "NoExecute", tolerationSeconds: seconds))
            }
            pod.spec.tolerations = tolerations
        }
    }

    private static func covers(_ toleration: Toleration, _ key: String) -> Bool {
        let effect = toleration.effect ?? ""
        let given = toleration.key ?? ""
        return (given == key || given.isEmpty) && (effect == "NoExecute" || effect.isEmpty)
    }
}
