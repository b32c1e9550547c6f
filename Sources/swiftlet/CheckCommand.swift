import ArgumentParser
import Linux

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Says what this host offers to pods, what is missing, and what to do.",
        discussion: "Ends with 1 when something is missing without which pods do not run. Run it as root.")

    @OptionGroup var options: ServerOptions

    func run() throws {
        let configuration = try ServerConfiguration(options)
        let findings = HostCheck.run(
            podRange: configuration.podCIDR,
            delegated: try Installation.delegatedCgroup(runDirectory: configuration.runDirectory))
        printTable([["CHECK", "RESULT", "MEANING"]] + findings.map { [$0.name, $0.level.rawValue, $0.meaning] })
        let advice = findings.filter { !$0.remedy.isEmpty }
        if !advice.isEmpty { print("\nWhat to do:") }
        for finding in advice { print("  \(finding.name): \(finding.remedy)") }
        if HostCheck.worst(findings) == .error { throw ExitCode(1) }
    }
}
