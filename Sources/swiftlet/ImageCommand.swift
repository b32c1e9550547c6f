import ArgumentParser
import FoundationEssentials
import ImageStore
import Logging

struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "The images that pods can run.",
        subcommands: [Import.self, List.self, Remove.self])

    struct Place: ParsableArguments {
        @Option(help: "The data directory of the server that shall use the image.")
        var dataDir = Installation.dataDirectory

        func store() throws -> ImageStore {
            var logger = Logger(label: "image")
            logger.logLevel = .warning
            return try ImageStore(dataDirectory: dataDir, logger: logger)
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes an image of a root file system in a tarball (tar, gz, xz, zst).",
            discussion: """
                A server that runs on the same data directory can use the image at once. Importing a name again changes what \
                later containers get, never a running one. Values of several words are given by repeating the option \
                (--cmd httpd --cmd -f) or as a JSON list (--cmd '["httpd","-f"]').
                """)

        @Argument(help: ArgumentHelp("What pods call it.", valueName: "name:tag")) var name: String
        @Argument(help: "The tarball.") var file: String
        @Option(
            parsing: .unconditionalSingleValue, help: "The program that a container runs unless its pod says otherwise."
        )
        var entrypoint: [String] = []
        @Option(parsing: .unconditionalSingleValue, help: "Its arguments, which a pod's args replace.")
        var cmd: [String] = []
        @Option(
            parsing: .unconditionalSingleValue,
            help: ArgumentHelp("A variable of its environment.", valueName: "NAME=value"))
        var env: [String] = []
        @Option(help: "The directory that it starts in.") var workdir = ""
        @Option(help: "The user that it runs as: a name or number, with a group behind a colon if wanted.") var user =
            ""
        @Option(help: "The signal that asks it to end.") var stopSignal = ""
        @OptionGroup var place: Place

        func run() throws {
            let config = ImageConfig(
                entrypoint: try words("entrypoint", entrypoint), cmd: try words("cmd", cmd), env: env, workdir: workdir,
                user: user, stopSignal: stopSignal)
            let image = try place.store().importTarball(name, from: file, config: config)
            print("imported \(image.names.joined(separator: ", ")) as \(image.id) (\(size(image.size)))")
        }

        private func words(_ option: String, _ given: [String]) throws -> [String] {
            guard given.count == 1, given[0].hasPrefix("[") else { return given }
            do { return try JSONDecoder().decode([String].self, from: Data(given[0].utf8)) } catch {
                throw ValidationError("--\(option): \(given[0]) begins like a JSON list of strings but is none")
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the images.")
        @OptionGroup var place: Place

        func run() throws {
            let rows = try place.store().list().map {
                [
                    $0.names.isEmpty ? "<none>" : $0.names.joined(separator: ","),
                    String($0.id.dropFirst(7).prefix(12)), size($0.size),
                ]
            }
            printTable([["NAME", "ID", "SIZE"]] + rows)
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Removes an image that no container uses.")
        @Argument(help: ArgumentHelp("What pods call it.", valueName: "name:tag")) var name: String
        @OptionGroup var place: Place

        func run() throws {
            try place.store().remove(name)
            print("removed \(name)")
        }
    }
}

private func size(_ bytes: Int64) -> String {
    bytes < 1 << 20 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB"
}

/// Columns as wide as their widest cell, three blanks apart, as kubectl prints them.
func printTable(_ rows: [[String]]) {
    guard let columns = rows.first?.count else { return }
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
        var line = ""
        for (column, cell) in row.enumerated() {
            line += column == columns - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 3)
        }
        print(line)
    }
}
