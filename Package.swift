// swift-tools-version: 6.2
// The layers of swiftlet, one target each; an import only ever points down this list (docs/architecture.md).
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

func layer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(of name: String, _ more: [Target.Dependency] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: [.byName(name: name)] + more, swiftSettings: strict)
}

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]

let package = Package(
    name: "swiftlet",
    products: [
        .executable(name: "swiftlet", targets: ["swiftlet"]),
        .executable(name: "swiftlet-supervisor", targets: ["swiftlet-supervisor"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // System libraries. The module maps name the library to link; Debian's -dev packages bring the headers.
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CCap", pkgConfig: "libcap", providers: [.apt(["libcap-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CNftables", pkgConfig: "libnftables", providers: [.apt(["libnftables-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

        // The kernel and the API's words.
        .target(name: "CLinux"),
        layer("Linux", ["CLinux", "CCap", "CSeccomp", "CNftables"]),
        layer("KubernetesAPI", []),

        // What the parts above stand on.
        layer("Client", ["KubernetesAPI", log]),
        // The Client protocol over HTTPS, for agents and command lines.
        layer(
            "RemoteClient",
            [
                "Client", "KubernetesAPI", .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"), .product(name: "Crypto", package: "swift-crypto"),
            ] + nio),
        layer("Store", ["CSQLite", log]),
        layer("ContainerRuntime", ["Linux", "CLinux", log]),
        layer("PodNetwork", ["Linux", log]),
        layer("ImageStore", ["CLinux", "CArchive", .product(name: "Crypto", package: "swift-crypto"), log]),

        // The parts: who decides sees only Client; who acts sees Client and the runtime floor.
        layer("Controllers", ["Client", "KubernetesAPI", log]),
        layer("Scheduler", ["Client", "KubernetesAPI", log]),
        layer("DNS", ["Client", "KubernetesAPI", "Linux", log]),
        layer(
            "Node",
            [
                "Client", "RemoteClient", "KubernetesAPI", "ContainerRuntime", "PodNetwork", "ImageStore", "Linux",
                "CLinux", log,
            ] + nio),
        layer("Proxy", ["Client", "KubernetesAPI", "Linux", log]),
        layer(
            "APIServer",
            [
                "Client", "RemoteClient", "KubernetesAPI", "Store", "CZlib", log,
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "Crypto", package: "swift-crypto"),
            ] + nio),

        // The program, and the small process that outlives it beside each pod.
        .executableTarget(
            name: "swiftlet",
            dependencies: [
                "APIServer", "Client", "Controllers", "ContainerRuntime", "DNS", "ImageStore", "KubernetesAPI", "Linux",
                "Node", "PodNetwork", "Proxy", "RemoteClient", "Scheduler", "Store", "CYAML", log,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // Embedded Swift, statically linked: its memory is paid once a pod. It shares only C with the rest.
        .executableTarget(
            name: "swiftlet-supervisor",
            dependencies: ["CLinux"],
            path: "Sources/Supervisor",
            swiftSettings: [
                .enableExperimentalFeature("Embedded"), .unsafeFlags(["-wmo"]), .treatAllWarnings(as: .error),
            ],
            linkerSettings: [.unsafeFlags(["-Xclang-linker", "-static"])]),
        // The supervisor's logic once more as an ordinary module (links to its files), for its tests alone.
        layer("SupervisorLogic", ["CLinux"]),

        tests(of: "Linux", ["CLinux"]),
        tests(of: "KubernetesAPI"),
        tests(of: "Client", ["KubernetesAPI"]),
        tests(
            of: "RemoteClient",
            [
                "APIServer", "Client", "KubernetesAPI", log, .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"), .product(name: "Crypto", package: "swift-crypto"),
            ] + nio),
        tests(of: "Store"),
        tests(of: "ContainerRuntime", ["Linux", "CLinux"]),
        tests(of: "SupervisorLogic", ["CLinux"]),
        tests(of: "PodNetwork", ["Linux"]),
        tests(of: "ImageStore", ["CArchive", "CLinux", log, .product(name: "Crypto", package: "swift-crypto")]),
        // An API server in memory, for the tests of who decides.
        .target(
            name: "SimulatedCluster", dependencies: ["Client", "KubernetesAPI"], path: "Tests/SimulatedCluster",
            swiftSettings: strict),
        tests(of: "Controllers", ["Client", "KubernetesAPI", "SimulatedCluster"]),
        tests(of: "Scheduler", ["Client", "KubernetesAPI", "SimulatedCluster"]),
        tests(of: "DNS", ["Client", "KubernetesAPI", "Linux", "SimulatedCluster", log]),
        tests(of: "Proxy", ["Client", "KubernetesAPI", "Linux", "PodNetwork", "SimulatedCluster", log]),
        tests(
            of: "Node",
            [
                "APIServer", "Client", "RemoteClient", "KubernetesAPI", "ContainerRuntime", "ImageStore", "PodNetwork",
                "Linux", "SimulatedCluster", log, .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        tests(
            of: "APIServer",
            [
                "Client", "KubernetesAPI", "Store", "CZlib", log, .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "Crypto", package: "swift-crypto"),
            ] + nio),
        .testTarget(name: "IntegrationTests", swiftSettings: strict),
        // Plain C: asks Services for pages, as fast as one core can, while pods come and go (docs/testing.md).
        .executableTarget(name: "load-generator", path: "Tests/LoadGenerator", cSettings: [.unsafeFlags(["-O2"])]),
    ],
    swiftLanguageModes: [.v6]
)
