import KubernetesAPI
import Testing

@Suite struct FieldCheckTests {
    private func check(_ document: String) throws -> FieldCheck {
        try FieldCheck(json(document), against: Widget.self)
    }

    @Test func unknownFieldsAreNamedWithTheirPathsAndDropped() throws {
        let check = try check(
            #"{"spec":{"replcas":1,"containers":[{"name":"a"},{"name":"b","imagee":"x","env":[{"nam":""}]}]}}"#)
        #expect(check.unknown == ["spec.replcas", "spec.containers[1].imagee", "spec.containers[1].env[0].nam"])
        #expect(text(check.value) == #"{"spec":{"containers":[{"name":"a"},{"name":"b","env":[{"name":""}]}]}}"#)
    }

    @Test func presentFieldsAreFilledAndNullsDropped() throws {
        #expect(text(try check("{}").value) == #"{"spec":{"containers":[]}}"#)
        #expect(
            text(try check(#"{"kind":null,"spec":{"containers":[null]}}"#).value)
                == #"{"spec":{"containers":[{"name":""}]}}"#)
        #expect(
            text(try check(#"{"spec":{"labels":{"a":null},"containers":null}}"#).value)
                == #"{"spec":{"labels":{"a":""},"containers":[]}}"#)
        #expect(try check("{}").value.decode(Widget.self).spec.containers.isEmpty)
    }

    @Test func refusedFieldsGiveTheirReason() throws {
        let check = try check(#"{"spec":{"hostNetwork":true}}"#)
        #expect(check.refused == [FieldError(.forbidden, "spec.hostNetwork", "pods have networks of their own")])
        #expect(try self.check(#"{"spec":{"hostNetwork":null}}"#).refused.isEmpty)
    }

    @Test(arguments: [
        (
            #"{"spec":{"replicas":"3"}}"#,
            "json: cannot unmarshal string into Go struct field WidgetSpec.spec.replicas of type int32"
        ),
        (
            #"{"spec":{"replicas":3.5}}"#,
            "json: cannot unmarshal number 3.5 into Go struct field WidgetSpec.spec.replicas of type int32"
        ),
        (
            #"{"spec":{"replicas":2147483648}}"#,
            "json: cannot unmarshal number 2147483648 into Go struct field WidgetSpec.spec.replicas of type int32"
        ),
        (
            #"{"spec":{"containers":{}}}"#,
            "json: cannot unmarshal object into Go struct field WidgetSpec.spec.containers of type []v1.Part"
        ),
        (
            #"{"spec":{"containers":[{"name":"a","image":{}}]}}"#,
            "json: cannot unmarshal object into Go struct field Part.spec.containers.image of type string"
        ),
        (
            #"{"spec":{"labels":{"a":1}}}"#,
            "json: cannot unmarshal number into Go struct field WidgetSpec.spec.labels of type string"
        ),
        (#"{"spec":[]}"#, "json: cannot unmarshal array into Go struct field Widget.spec of type v1.WidgetSpec"),
        (
            #"{"spec":{"args":"x"}}"#,
            "json: cannot unmarshal string into Go struct field WidgetSpec.spec.args of type []string"
        ),
        (#"[]"#, "json: cannot unmarshal array into Go value of type v1.Widget"),
    ])
    func wrongTypesAreWordedAsGoWordsThem(document: String, words: String) {
        let error = #expect(throws: FieldTypeError.self) { try check(document) }
        #expect(error?.description == words)
    }

    @Test func quantitiesBecomeStrings() throws {
        #expect(
            text(try check(#"{"spec":{"limits":{"cpu":2,"memory":"1Gi"},"containers":[]}}"#).value)
                == #"{"spec":{"limits":{"cpu":"2","memory":"1Gi"},"containers":[]}}"#)
    }
}
