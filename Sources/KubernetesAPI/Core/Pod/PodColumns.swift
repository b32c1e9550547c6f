/// What `kubectl get pods` prints. Source: pkg/printers/internalversion/printers.go (v1.33).
extension Pod {
    public static var columns: [TableColumn<Pod>] {
        [
            .name,
            TableColumn("Ready", description: "How many containers are ready, of all.") { pod, _ in
                .string("\(PodSummary(pod).ready)/\(pod.spec.containers.count)")
            },
            TableColumn("Status", description: "Where the pod is in its life, or what holds it up.") { pod, _ in
                .string(PodSummary(pod).status)
            },
            TableColumn("Restarts", description: "How often containers were started again, and when last.") {
                pod, now in .string(PodSummary(pod).restartsCell(now))
            },
            .age,
            .wide("IP", "The pod's address.") { pod, _ in
                .text(pod.status.podIP ?? pod.status.podIPs?.first?.ip, missing: "<none>")
            },
            .wide("Node", "The node that runs the pod.") { pod, _ in .text(pod.spec.nodeName, missing: "<none>") },
            .wide("Nominated Node", "The node where room is being made for the pod.") { pod, _ in
                .text(pod.status.nominatedNodeName, missing: "<none>")
            },
            .wide("Readiness Gates", "Further conditions of readiness that hold.") { _, _ in "<none>" },
        ]
    }

    public var selectableFields: [String: String] {
        [
            "spec.nodeName": spec.nodeName ?? "",
            "spec.restartPolicy": spec.restartPolicy ?? "",
            "spec.schedulerName": spec.schedulerName ?? "",
            "spec.serviceAccountName": spec.serviceAccountName ?? "",
            "spec.hostNetwork": spec.hostNetwork == true ? "true" : "false",
            "status.phase": status.phase ?? "",
            "status.podIP": status.podIP ?? status.podIPs?.first?.ip ?? "",
            "status.podIPs": status.podIP ?? status.podIPs?.first?.ip ?? "",
            "status.nominatedNodeName": status.nominatedNodeName ?? "",
        ]
    }
    public static var selectableFieldNames: [String] {
        [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
            "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName",
        ]
    }
}
