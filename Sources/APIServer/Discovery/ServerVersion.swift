import KubernetesAPI

/// What `/version` answers. Clients compare `major` and `minor` with their own: this is the Kubernetes whose API is
/// served. Source: k8s.io/apimachinery pkg/version Info.
enum ServerVersion {
    static let gitVersion = "v1.33.0+swiftlet"

    static let document: JSONValue = [
        "major": "1", "minor": "33", "gitVersion": .string(gitVersion), "gitCommit": "", "gitTreeState": "clean",
        "buildDate": "", "goVersion": "", "compiler": "swift", "platform": "linux/amd64",
    ]
}
