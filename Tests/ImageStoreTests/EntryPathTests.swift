import Testing

@testable import ImageStore

@Suite struct EntryPathTests {
    @Test(arguments: [
        ("a/b", "a/b"), ("./a//b/", "a/b"), ("./", "."), (".", "."), ("a/./b", "a/b"), ("..a/b..", "..a/b.."),
    ])
    func accepts(_ input: String, _ expected: String) throws {
        #expect(try EntryPath(Array(input.utf8)).text == expected)
    }

    @Test(arguments: ["", "/etc/passwd", "../x", "a/../../x", "a/..", "..", "/"])
    func refuses(_ input: String) {
        #expect(throws: EntryPath.Refusal.self) { try EntryPath(Array(input.utf8)) }
    }

    @Test func refusesWhatLinuxCannotOpen() {
        #expect(throws: EntryPath.Refusal.self) { try EntryPath([UInt8](repeating: 0x61, count: 256)) }
        let deep = Array(String(repeating: "a/", count: 2048).utf8)
        #expect(throws: EntryPath.Refusal.self) { try EntryPath(deep) }
        #expect(throws: Never.self) { try EntryPath(deep.dropLast()) }
    }

    @Test(arguments: [
        ("a/b/c", "../../x", true), ("a/b/c", "../../../x", false), ("a", "b", true), ("a", "../b", false),
        ("a", "/etc/passwd", true), ("a/b", "../../etc", false), ("a/b", "c/../../d", true), ("a/b", "./..", true),
        ("a", "", false),
    ])
    func symlinkTargets(_ path: String, _ target: String, _ allowed: Bool) throws {
        let path = try EntryPath(Array(path.utf8))
        let passes = (try? path.checkSymlink(target: Array(target.utf8))) != nil
        #expect(passes == allowed)
    }

    @Test func attributesByClass() {
        #expect(AttributePolicy("security.capability") == .keep)
        #expect(AttributePolicy("user.note") == .keep)
        #expect(AttributePolicy("security.selinux") == .leave)
        for name in ["trusted.overlay.opaque", "user.overlay.redirect", "system.nonsense", "nonsense"] {
            guard case .refuse = AttributePolicy(name) else {
                Issue.record("\(name) is not refused")
                continue
            }
        }
    }

    @Test func accessControlListBytes() {
        let list = AccessControlList(entries: [
            .init(tag: 32, permissions: 4), .init(tag: 2, permissions: 6, id: 1000), .init(tag: 1, permissions: 7),
        ])
        #expect(
            list.attributeValue == [
                2, 0, 0, 0,
                1, 0, 7, 0, 0xff, 0xff, 0xff, 0xff,
                2, 0, 6, 0, 0xe8, 0x03, 0, 0,
                32, 0, 4, 0, 0xff, 0xff, 0xff, 0xff,
            ])
    }
}
