import KubernetesAPI
import Testing

@Suite("Selectors")
struct SelectorTests {
    @Test(
        "by labels choose as Kubernetes does",
        arguments: [
            ("", true), ("app=web", true), ("app==web", true), ("app=db", false), ("app!=db", true),
            ("app != web", false),
            ("none!=x", true), ("app in (web,db)", true), ("app in (db)", false), ("app notin (db)", true),
            ("none notin (x)", true), ("app", true), ("none", false), ("!none", true), ("!app", false),
            ("app=web,tier=front", true), (" app = web , tier in ( front , back ) , !none ", true),
            ("app=web,none", false),
            ("count>4", true), ("count>5", false), ("count<6", true), ("app>1", false), ("empty=", true),
            ("app=", false),
            ("example.com/role=x", true), ("in in (in)", true),
        ])
    func labels(text: String, expected: Bool) throws {
        let labels = [
            "app": "web", "tier": "front", "count": "5", "empty": "", "example.com/role": "x", "in": "in",
        ]
        let selector = try Selector(parsing: text)
        #expect(selector.matches(labels) == expected)
        // What it prints is read as the same selector.
        #expect(try Selector(parsing: selector.description) == selector)
    }

    @Test(
        "that cannot be read are refused",
        arguments: [
            "a=b,", ",", "a b", "a in b", "a in (b", "=b", "a=b=c", "a in ()x", "-x=y", "a=-", "a>b", "a!", "(a)",
            "a/b/c=d",
        ])
    func badLabels(text: String) {
        #expect(throws: SelectorError.self) { try Selector(parsing: text) }
    }

    @Test("of a spec: no condition chooses everything, an unknown operator nothing")
    func labelSelector() {
        #expect(LabelSelector().matches(["a": "b"]))
        #expect(LabelSelector(matchLabels: ["a": "b"]).matches(["a": "b", "c": "d"]))
        #expect(!LabelSelector(matchLabels: ["a": "b"]).matches(nil))
        let expressions = [LabelSelectorRequirement(key: "a", operator: "In", values: ["x", "y"])]
        #expect(LabelSelector(matchExpressions: expressions).matches(["a": "y"]))
        #expect(!LabelSelector(matchLabels: ["a": "z"], matchExpressions: expressions).matches(["a": "y"]))
        #expect(!LabelSelector(matchExpressions: [.init(key: "a", operator: "Gt", values: ["1"])]).matches(["a": "2"]))
    }

    @Test(
        "by fields",
        arguments: [
            ("", true), ("spec.nodeName=n1", true), ("spec.nodeName==n1", true), ("spec.nodeName!=n1", false),
            ("metadata.name!=x,spec.nodeName=n1", true), ("status.phase=", true), ("a=b\\,c\\=d\\\\", true),
        ])
    func fields(text: String, expected: Bool) throws {
        let selector = try FieldSelector(parsing: text)
        #expect(selector.matches(["spec.nodeName": "n1", "metadata.name": "p", "a": "b,c=d\\"]) == expected)
        #expect(try FieldSelector(parsing: selector.description) == selector)
    }

    @Test("by fields that cannot be read are refused", arguments: ["a", "a=b,c", "a=b\\x", "a=b\\", "a=b=c"])
    func badFields(text: String) {
        #expect(throws: SelectorError.self) { try FieldSelector(parsing: text) }
    }
}

@Suite("IntOrString")
struct IntOrStringTests {
    @Test("scales percentages with the rounding asked for")
    func scaling() {
        #expect(IntOrString.string("25%").scaled(of: 10, roundUp: true) == 3)
        #expect(IntOrString.string("25%").scaled(of: 10, roundUp: false) == 2)
        #expect(IntOrString.string("1%").scaled(of: 10, roundUp: true) == 1)
        #expect(IntOrString.int(4).scaled(of: 10, roundUp: false) == 4)
        #expect(IntOrString.string("100%").scaled(of: 7, roundUp: false) == 7)
        for text in ["x", "%", "2.5%", "-1%", "5"] {
            #expect(IntOrString.string(text).scaled(of: 10, roundUp: true) == nil)
        }
    }
}
