import ArgumentParser

@main
struct Swiftlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swiftlet",
        abstract: "Kubernetes Deployments on one Linux machine, from one small program.",
        subcommands: [
            ServerCommand.self, AgentCommand.self, TokenCommand.self, ImageCommand.self, CheckCommand.self,
            VersionCommand.self,
        ])
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Prints this program's version and the Kubernetes version that it speaks.")

    func run() { print("swiftlet \(Version.swiftlet) (Kubernetes \(Version.kubernetes))") }
}
