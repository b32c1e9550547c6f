#if arch(x86_64)
    import CLinux
    import Glibc
    import Synchronization
    import Testing

    @testable import Linux

    @Suite struct SeccompTests {
        private static let none: Capabilities = []
        private let refused = -Int(EPERM)
        private let unknown = -Int(ENOSYS)
        private let invalid = -Int(EINVAL)

        /// Runs `body` on a thread of its own under the filter: filters and no_new_privs belong to a thread.
        private func confined(_ program: [UInt8], _ body: @escaping @Sendable () -> [Int]) throws -> [Int] {
            final class Work: Sendable {
                let body: @Sendable () -> [Int]
                let program: [UInt8]
                let result = Mutex<[Int]>([])
                init(_ program: [UInt8], _ body: @escaping @Sendable () -> [Int]) {
                    self.program = program
                    self.body = body
                }
            }
            let work = Work(program, body)
            var thread = pthread_t()
            let started = pthread_create(
                &thread, nil,
                { context in
                    let work = Unmanaged<Work>.fromOpaque(context!).takeRetainedValue()
                    let loaded = clinux_test_load_seccomp(work.program, work.program.count)
                    let result = loaded == 0 ? work.body() : [Int(loaded)]
                    work.result.withLock { $0 = result }
                    return nil
                }, Unmanaged.passRetained(work).toOpaque())
            try #require(started == 0)
            pthread_join(thread, nil)
            return work.result.withLock { $0 }
        }

        @Test func listedCallsWorkAndOthersDoNot() throws {
            let results = try confined(try SeccompProfile.compile(for: Self.none)) {
                [
                    clinux_test_syscall(39, 0, 0, 0),  // getpid
                    clinux_test_syscall(165, 0, 0, 0),  // mount
                    clinux_test_syscall(169, 0, 0, 0),  // reboot
                    clinux_test_syscall(250, 0, 0, 0),  // keyctl
                    clinux_test_syscall(425, 0, 0, 0),  // io_uring_setup
                ]
            }
            let own = Int(getpid())
            #expect(results == [own, refused, refused, refused, refused])
        }

        @Test func argumentsCount() throws {
            let results = try confined(try SeccompProfile.compile(for: Self.none)) {
                [
                    clinux_test_syscall(41, 40, 1, 0),  // socket(AF_VSOCK)
                    clinux_test_syscall(135, 0xffff_ffff, 0, 0),  // personality: only a question
                    clinux_test_syscall(135, 0x0004_0000, 0, 0),  // ADDR_NO_RANDOMIZE
                    clinux_test_syscall(56, 0x1000_0000, 0, 0),  // clone(CLONE_NEWUSER)
                    clinux_test_syscall(435, 0, 0, 0),  // clone3
                    clinux_test_syscall(272, 0x1000_0000, 0, 0),  // unshare(CLONE_NEWUSER)
                ]
            }
            #expect(results == [refused, 0, refused, refused, unknown, refused])
        }

        @Test func youngerCallsAreUnknownOrAllowed() throws {
            let results = try confined(try SeccompProfile.compile(for: Self.none)) {
                [
                    clinux_test_syscall(451, -1, 0, 0),  // cachestat: the kernel itself answers
                    clinux_test_syscall(460, 0, 0, 0),  // lsm_set_self_attr
                    clinux_test_syscall(1000, 0, 0, 0),
                ]
            }
            #expect(results[0] != refused)
            #expect(Array(results[1...]) == [unknown, unknown])
        }

        @Test func aCapabilityOpensItsCalls() throws {
            let admin = try #require(Capabilities(name: "SYS_ADMIN"))
            let results = try confined(try SeccompProfile.compile(for: admin)) {
                [
                    clinux_test_syscall(435, 0, 0, 0),  // clone3 without arguments: the kernel itself refuses
                    clinux_test_syscall(272, 0, 0, 0),  // unshare(0)
                    clinux_test_syscall(161, 0, 0, 0),  // chroot: another capability's
                ]
            }
            #expect(results == [invalid, 0, refused])
        }

        @Test func everyListedNameIsSpeltRight() {
            // getsid and waitpid are in every engine's list; libseccomp knows no getsid on x86, and waitpid only there.
            let names = SeccompAllowList.always + SeccompAllowList.withCapability.flatMap(\.calls)
            #expect(names.filter { !SeccompProfile.isKnown($0) } == [])
        }

        @Test func theFilterFitsTheKernelsLimit() throws {
            let count = try SeccompProfile.compile(for: Self.none).count / 8
            #expect(count > 100 && count <= 4096)
        }
    }
#endif
