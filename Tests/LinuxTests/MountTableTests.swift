import Testing

@testable import Linux

@Suite struct MountTableTests {
    @Test func readsALineWithOptionalFields() throws {
        let line = "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue"
        let entry = try #require(MountEntry(line: line[...]))
        #expect(entry.id == 36 && entry.parent == 35)
        #expect(entry.root == "/mnt1")
        #expect(entry.mountPoint == "/mnt 2")
        #expect(entry.options == ["rw", "noatime"])
        #expect(entry.propagation == ["master:1", "shared:7"])
        #expect(entry.type == "ext3" && entry.source == "/dev/root")
        #expect(entry.superOptions == ["rw", "errors=continue"])
    }

    @Test func readsALineWithoutOptionalFieldsAndAnEmptySource() throws {
        let entry = try #require(MountEntry(line: "23 27 0:22 / /sys rw - sysfs  rw"))
        #expect(entry.propagation.isEmpty && entry.source == "" && entry.type == "sysfs")
    }

    @Test(arguments: [#"a\134b"#: #"a\b"#, #"\011"#: "\t", #"end\04"#: #"end\04"#, #"\303\244"#: "ä"])
    func unescapes(text: String, plain: String) { #expect(MountEntry.unescaped(text[...]) == plain) }

    @Test(arguments: ["", "36 35 98:0 /", "x 35 98:0 / / rw - ext3 a rw", "36 35 98:0 / / rw ext3 a rw"])
    func refusesOtherLines(line: String) { #expect(MountEntry(line: line[...]) == nil) }

    @Test func readsThisProcess() throws {
        #expect(try MountTable.current().contains { $0.mountPoint == "/proc" && $0.type == "proc" })
    }
}
