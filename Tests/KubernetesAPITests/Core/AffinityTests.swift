import KubernetesAPI
import Testing

@Suite("Affinity and spreading")
struct AffinityTests {
    private static func required(_ requirement: NodeSelectorRequirement) -> Affinity {
        Affinity(
            nodeAffinity: NodeAffinity(
                required: NodeSelector(nodeSelectorTerms: [NodeSelectorTerm(matchExpressions: [requirement])])))
    }
    private static func apart(_ term: PodAffinityTerm) -> Affinity {
        Affinity(podAntiAffinity: PodAntiAffinity(required: [term]))
    }
    private static func spread(_ change: (inout TopologySpreadConstraint) -> Void) -> [TopologySpreadConstraint] {
        var constraint = TopologySpreadConstraint(
            maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule",
            labelSelector: LabelSelector(matchLabels: ["app": "web"]))
        change(&constraint)
        return [constraint]
    }

    private static let terms =
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
    private static let anti = "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]"

    static let cases: [Spoiled<Pod>] = [
        .init("\(terms): Required value: must have at least one node selector term") {
            $0.spec.affinity = Affinity(nodeAffinity: NodeAffinity(required: NodeSelector()))
        },
        .init("\(terms)[0].matchExpressions[0].operator: Invalid value: \"Is\": not a valid selector operator") {
            $0.spec.affinity = required(NodeSelectorRequirement(key: "disk", operator: "Is"))
        },
        .init(
            "\(terms)[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"
        ) { $0.spec.affinity = required(NodeSelectorRequirement(key: "disk", operator: "In")) },
        .init(
            "\(terms)[0].matchExpressions[0].values: Required value: must be specified single value when `operator` is "
                + "'Lt' or 'Gt'"
        ) { $0.spec.affinity = required(NodeSelectorRequirement(key: "disk", operator: "Gt", values: ["1", "2"])) },
        .init("\(terms)[0].matchFields[0].key: Invalid value: \"spec\": not a valid field selector key") {
            $0.spec.affinity = Affinity(
                nodeAffinity: NodeAffinity(
                    required: NodeSelector(nodeSelectorTerms: [
                        NodeSelectorTerm(matchFields: [
                            NodeSelectorRequirement(key: "spec", operator: "In", values: ["a"])
                        ])
                    ])))
        },
        .init(
            "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: "
                + "must be in the range 1-100"
        ) {
            $0.spec.affinity = Affinity(
                nodeAffinity: NodeAffinity(preferred: [
                    PreferredSchedulingTerm(weight: 101, preference: NodeSelectorTerm())
                ]))
        },
        .init("\(anti).topologyKey: Required value: can not be empty") {
            $0.spec.affinity = apart(PodAffinityTerm(labelSelector: LabelSelector(), topologyKey: ""))
        },
        .init("\(anti).matchLabelKeys: Forbidden: must not be specified when labelSelector is not set") {
            $0.spec.affinity = apart(PodAffinityTerm(topologyKey: "zone", matchLabelKeys: ["app"]))
        },
        .init("spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero") {
            $0.spec.topologySpreadConstraints = spread { $0.maxSkew = 0 }
        },
        .init(
            "spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: \"Wait\": supported values: "
                + "\"DoNotSchedule\", \"ScheduleAnyway\""
        ) { $0.spec.topologySpreadConstraints = spread { $0.whenUnsatisfiable = "Wait" } },
        .init(
            "spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if "
                + "whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway"
        ) {
            $0.spec.topologySpreadConstraints = spread {
                $0.whenUnsatisfiable = "ScheduleAnyway"
                $0.minDomains = 2
            }
        },
        .init(
            "spec.topologySpreadConstraints[1].{topologyKey, whenUnsatisfiable}: Duplicate value: "
                + "\"{zone, DoNotSchedule}\""
        ) { $0.spec.topologySpreadConstraints = spread { _ in } + spread { _ in } },
        .init(
            "spec.topologySpreadConstraints[0].matchLabelKeys[0]: Invalid value: \"app\": exists in both matchLabelKeys "
                + "and labelSelector"
        ) { $0.spec.topologySpreadConstraints = spread { $0.matchLabelKeys = ["app"] } },
    ]

    @Test("refuses", arguments: cases)
    func refuses(_ spoiled: Spoiled<Pod>) { #expect(Sample.pod.errors(spoiled.spoil) == spoiled.expected) }

    @Test("accepts what is right")
    func accepts() {
        var pod = Sample.pod
        pod.spec.affinity = Self.apart(
            PodAffinityTerm(
                labelSelector: LabelSelector(matchLabels: ["app": "web"]), namespaces: ["other"],
                topologyKey: "kubernetes.io/hostname", namespaceSelector: LabelSelector()))
        pod.spec.topologySpreadConstraints = Self.spread { $0.minDomains = 2 }
        #expect(pod.validate(updating: nil).isEmpty)
    }

    @Test("node terms are joined by or, conditions by and; a term without any chooses nothing")
    func nodeSelectors() {
        func term(_ operator: String, _ values: [String]? = nil) -> NodeSelectorTerm {
            NodeSelectorTerm(matchExpressions: [.init(key: "size", operator: `operator`, values: values)])
        }
        func matches(_ term: NodeSelectorTerm, _ size: String?) -> Bool {
            NodeSelector(nodeSelectorTerms: [term]).matches(name: "a", labels: size.map { ["size": $0] } ?? [:])
        }
        #expect(matches(term("In", ["1", "2"]), "2") && !matches(term("In", ["1"]), nil))
        #expect(matches(term("NotIn", ["1"]), nil) && !matches(term("NotIn", ["1"]), "1"))
        #expect(matches(term("Gt", ["9"]), "10") && !matches(term("Gt", ["9"]), "9"))
        #expect(matches(term("Lt", ["9"]), "8") && !matches(term("Lt", ["9"]), "x"))
        #expect(matches(term("Exists"), "") && matches(term("DoesNotExist"), nil))
        #expect(!matches(NodeSelectorTerm(), "1"))
        let either = NodeSelector(nodeSelectorTerms: [term("In", ["1"]), term("In", ["2"])])
        #expect(either.matches(name: "a", labels: ["size": "2"]))
        let named = NodeSelectorTerm(matchFields: [.init(key: "metadata.name", operator: "In", values: ["a"])])
        #expect(matches(named, nil) && !named.matches(name: "b", labels: [:]))
    }

    @Test("label keys become conditions when a pod is made, not in templates")
    func labelKeys() {
        var pod = Sample.pod
        pod.metadata.labels = ["app": "web", "hash": "1"]
        pod.spec.affinity = Self.apart(
            PodAffinityTerm(
                labelSelector: LabelSelector(), topologyKey: "zone", matchLabelKeys: ["hash", "none"],
                mismatchLabelKeys: ["app"]))
        pod.prepareForCreate()
        let term = pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.first
        #expect(
            term?.labelSelector?.matchExpressions == [
                LabelSelectorRequirement(key: "hash", operator: "In", values: ["1"]),
                LabelSelectorRequirement(key: "app", operator: "NotIn", values: ["web"]),
            ])
    }

    @Test("a volume's nodes are set once")
    func volumeNodes() {
        var volume = Sample.volume
        volume.spec.nodeAffinity = VolumeNodeAffinity()
        #expect(
            volume.validate(updating: nil).map(\.description) == [
                "spec.nodeAffinity.required: Required value: must specify required node constraints"
            ])
        volume.spec.nodeAffinity = VolumeNodeAffinity(required: .hostname("a"))
        #expect(volume.validate(updating: Sample.volume).isEmpty)
        var moved = volume
        moved.spec.nodeAffinity = VolumeNodeAffinity(required: .hostname("b"))
        #expect(
            moved.validate(updating: volume).map(\.description) == [
                "spec.nodeAffinity: Invalid value: field is immutable"
            ])
    }
}
