import Testing

@testable import ImageStore

@Suite struct ImageNameTests {
    @Test(arguments: [
        ("nginx", "nginx:latest"), ("nginx:1.16", "nginx:1.16"), ("docker.io/library/nginx", "nginx:latest"),
        ("index.docker.io/library/nginx:1", "nginx:1"), ("library/nginx", "nginx:latest"),
        ("docker.io/team/app:v1", "team/app:v1"), ("localhost/app", "localhost/app:latest"),
        ("registry.example:5000/a/b_c/d--e:T.1-x", "registry.example:5000/a/b_c/d--e:T.1-x"),
        ("registry.example:5000/a", "registry.example:5000/a:latest"), ("a__b:_", "a__b:_"),
    ])
    func normalises(_ input: String, _ expected: String) throws {
        #expect(try ImageStore.normalise(input) == expected)
    }

    @Test(arguments: [
        "", ":", "nginx:", ":1", "Nginx", "nginx:-1", "nginx:.1", "a//b", "/a", "a/", "a/../b", "..", "a___b", "a..b",
        "-a", "a-", "a b", "a\n", "nginx@sha256:00", "ex ample.com/a", "registry.example:99999/a", "ä",
        "a:" + String(repeating: "t", count: 129), String(repeating: "a", count: 256), "a:1:2",
    ])
    func refuses(_ input: String) {
        #expect(throws: ImageError.self) { try ImageStore.normalise(input) }
    }
}
