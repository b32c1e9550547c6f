import ArgumentParser
import Client
import KubernetesAPI
import RemoteClient

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Tokens by which other machines join this server.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Place: ParsableArguments {
        @Option(help: "The server's data directory.")
        var dataDir = Installation.dataDirectory
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a token and prints the command that joins another machine with it.")

        @Option(help: ArgumentHelp("How long it can be used: 30m, 24h, 7d.", valueName: "time")) var ttl = "24h"
        @Option(help: "How many machines may join by it.") var uses = 1
        @OptionGroup var place: Place

        func run() async throws {
            guard let seconds = Lifetime.seconds(ttl), seconds > 0 else {
                throw ValidationError("ttl: \(ttl) is not a time such as 30m, 24h or 7d")
            }
            guard uses > 0 else { throw ValidationError("uses: \(uses) is no number of machines") }
            let way = try KubeconfigFile(dataDirectory: place.dataDir)
            let transport = try way.transport()
            let body = try await transport.request("GET", "/swiftlet/join")
            guard let address = try JSON.decode(JoinAddress.self, from: body).address else {
                throw Unreachable(endpoint: way.endpoint)
            }
            var random = SystemRandomNumberGenerator()
            let token = BootstrapToken(random: &random)
            let expires = Time(seconds: SystemClock().now().time.seconds + seconds)
            _ = try await RemoteClient(transport).create(
                BootstrapTokenRecord(token: token, expires: expires, usesLeft: uses).object)
            let join = JoinToken(token, authorityHash: try NodeBootstrap.hash(ofAuthority: way.authority))
            print("swiftlet agent --server \(address) --token \(join.text)")
        }
    }

    private struct JoinAddress: Decodable { var address: String? }

    struct Unreachable: Error, CustomStringConvertible {
        let endpoint: ServerEndpoint
        var description: String {
            "no other machine can reach this server: it listens on loopback alone (\(endpoint)). Start it with --listen "
                + "0.0.0.0:\(endpoint.port), or with another address of this machine, and a --node-ip that others reach"
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the tokens, without their secrets.")
        @OptionGroup var place: Place

        func run() async throws {
            let client = RemoteClient(try KubeconfigFile(dataDirectory: place.dataDir).transport())
            let secrets = try await client.list(Secret.self, ListOptions(namespace: BootstrapToken.namespace)).items
            let now = SystemClock().now().time
            print("TOKEN   USES  EXPIRES")
            for record in secrets.compactMap({ BootstrapTokenRecord($0) }).sorted(by: { $0.token.id < $1.token.id }) {
                let expires = record.isExpired(at: now) ? "expired" : record.expires?.description ?? "never"
                let uses = record.usesLeft.map(String.init) ?? "any"
                print("\(record.token.id)  \(uses)\(String(repeating: " ", count: max(1, 6 - uses.count)))\(expires)")
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a token. Machines that have joined by it stay.")
        @Argument(help: "The token, or what stands before its first dot.") var token: String
        @OptionGroup var place: Place

        func run() async throws {
            let id = String(token.prefix { $0 != "." })
            guard BootstrapToken.isID(id) else {
                throw ValidationError("\(id) is no token: `swiftlet token list` shows them")
            }
            let client = RemoteClient(try KubeconfigFile(dataDirectory: place.dataDir).transport())
            do {
                try await client.delete(Secret.self, BootstrapToken.secretName(id: id), DeleteOptions())
            } catch let error as APIError where error.isNotFound {
                throw ValidationError("there is no token \(id): `swiftlet token list` shows them")
            }
            print("token \(id) revoked")
        }
    }
}

/// Times as users write them: a number with s, m, h or d.
enum Lifetime {
    static func seconds(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let last = text.last, let unit = units[last], let number = Int64(text.dropLast()), number >= 0 else {
            return nil
        }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? nil : seconds
    }
}
