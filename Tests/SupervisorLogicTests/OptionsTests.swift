import Testing

@testable import SupervisorLogic

@Suite struct OptionsTests {
    private func parse(_ words: String...) -> Options? { Options.parse(words.map { Array($0.utf8) }) }

    @Test func theWordsOfTheDaemon() throws {
        let options = try #require(
            parse("--pod", "uid", "--hostname", "web", "--grace", "45", "--host-network", "--sysctl", "a.b=1"))
        guard case .supervise(let pod) = options.mode else { return #expect(Bool(false)) }
        #expect(String(decoding: pod, as: UTF8.self) == "uid")
        #expect(options.hostNetwork && options.grace == 45 && options.sysctls.count == 1)
        guard case .hold = try #require(parse("--hold", "/run/x")).mode else { return #expect(Bool(false)) }
    }

    @Test func otherWordsAreRefused() {
        #expect(parse() == nil)
        #expect(parse("--hold") == nil)
        #expect(parse("--pod", "x", "--grace", "soon") == nil)
        #expect(parse("--pod", "x", "--grace", "99999999999") == nil)
        #expect(parse("--pod", "x", "--hostname") == nil)
        #expect(parse("run", "it") == nil)
    }

    @Test func theOwnCgroupIsFound() {
        let unified = "24 1 0:22 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
        let hybrid =
            "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 none rw\n"
        func path(_ mounts: String, _ cgroup: String) -> String? {
            OwnCgroup.path(mountInfo: Array(mounts.utf8), cgroup: Array(cgroup.utf8)).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        #expect(
            path(unified, "0::/system.slice/swiftlet-pods.service\n")
                == "/sys/fs/cgroup/system.slice/swiftlet-pods.service")
        #expect(path(hybrid, "9:name=systemd:/\n8:pids:/\n0::/\n") == "/sys/fs/cgroup/unified")
        #expect(path("", "0::/x\n") == nil)
        #expect(path(unified, "1:cpu:/x\n") == nil)
    }

    @Test func memoryEventsTellOfKills() {
        func kills(_ text: String) -> Int64 { MemoryEvents.oomKills(Array(text.utf8)[...]) }
        #expect(kills("low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 1\n") == 2)
        #expect(kills("oom_kill 7") == 7)
        #expect(kills("oom 3\noom_group_kill 4\n") == 0)
        #expect(kills("") == 0)
        #expect(kills("oom_kill x\n") == 0)
    }
}
