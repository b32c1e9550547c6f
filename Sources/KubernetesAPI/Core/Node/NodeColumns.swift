/// What `kubectl get nodes` prints. Source: pkg/printers/internalversion/printers.go (v1.33).
extension Node {
    public static var columns: [TableColumn<Node>] {
        [
            .name,
            TableColumn("Status", description: "Whether the node is ready for pods.") { node, _ in
                .string(node.statusCell)
            },
            TableColumn("Roles", description: "The node's roles, from its labels.") { node, _ in
                .text(node.roles.joined(separator: ","), missing: "<none>")
            },
            .age,
            TableColumn("Version", description: "The version of the node agent.") { node, _ in
                .text(node.status.nodeInfo.kubeletVersion)
            },
            .wide("Internal-IP", "The node's address among the nodes.") { node, _ in .string(node.address("InternalIP"))
            },
            .wide("External-IP", "The node's address for the outside.") { node, _ in .string(node.address("ExternalIP"))
            },
            .wide("OS-Image", "The operating system's name.") { node, _ in
                .text(node.status.nodeInfo.osImage, missing: "<unknown>")
            },
            .wide("Kernel-Version", "The kernel's version.") { node, _ in
                .text(node.status.nodeInfo.kernelVersion, missing: "<unknown>")
            },
            .wide("Container-Runtime", "What runs the containers, with its version.") { node, _ in
                .text(node.status.nodeInfo.containerRuntimeVersion, missing: "<unknown>")
            },
        ]
    }

    private var statusCell: String {
        let ready = status.conditions?.first { $0.type == "Ready" }
        let word = ready.map { $0.status == "True" ? "Ready" : "NotReady" } ?? "Unknown"
        return spec.unschedulable == true ? word + ",SchedulingDisabled" : word
    }

    private var roles: [String] {
        let prefix = "node-role.kubernetes.io/"
        var roles: Set<String> = []
        for (key, value) in metadata.labels ?? [:] {
            if key.hasPrefix(prefix), key != prefix {
                roles.insert(String(key.dropFirst(prefix.count)))
            } else if key == "kubernetes.io/role", !value.isEmpty {
                roles.insert(value)
            }
        }
        return roles.sorted()
    }

    private func address(_ type: String) -> String {
        status.addresses?.first { $0.type == type }?.address ?? "<none>"
    }
}
