import Testing

@testable import Node

struct ExpansionTests {
    private static let values = ["A": "1", "B": "two", "EMPTY": "", "NESTED": "$(A)"]

    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("$(A)", "1"), ("x$(A)y$(B)z", "x1ytwoz"), ("$(MISSING)", "$(MISSING)"),
        ("$$(A)", "$(A)"), ("$$$(A)", "$1"), ("$$$$(A)", "$$(A)"), ("$A", "$A"), ("-p$PASSWORD", "-p$PASSWORD"),
        ("$", "$"), ("$$", "$"), ("a$", "a$"), ("$(A", "$(A"), ("$(A$(B)", "$(A$(B)"), ("$()", "$()"),
        ("$(EMPTY)x", "x"), ("$(NESTED)", "$(A)"), ("${A}", "${A}"), ("$(A)$(A)", "11"), ("ü$(A)ß", "ü1ß"),
        ("$(A))", "1)"), ("$ (A)", "$ (A)"),
    ])
    func expands(_ text: String, _ expected: String) {
        #expect(Expansion.expand(text) { Self.values[$0] } == expected)
    }
}
