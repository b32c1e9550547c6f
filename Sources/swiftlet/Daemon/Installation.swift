import ArgumentParser
import Glibc
import Linux

/// Where the parts of swiftlet that are not this program are.
enum Installation {
    /// Unless options say otherwise.
    static let dataDirectory = "/var/lib/swiftlet"

    /// The file that this program was started from; an upgrade may have put another in its place meanwhile.
    static var program: String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let length = buffer.withUnsafeMutableBytes {
            readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
        }
        let path = String(decoding: buffer.prefix(max(length, 0)), as: UTF8.self)
        // proc_pid_exe(5)
        let replaced = " (deleted)"
        return path.hasSuffix(replaced) ? String(path.dropLast(replaced.count)) : path
    }

    /// Beside this program (a build directory), or in its library directory (`make install`).
    static func supervisor() throws -> String {
        let directory = program[..<(program.lastIndex(of: "/") ?? program.startIndex)]
        let places = ["\(directory)/swiftlet-supervisor", "\(directory)/../lib/swiftlet/swiftlet-supervisor"]
        guard let found = places.first(where: { access($0, X_OK) == 0 }) else {
            throw ValidationError(
                "swiftlet-supervisor is at none of \(places.joined(separator: ", ")); run make install")
        }
        return found
    }

    /// The cgroup that swiftlet-pods.service holds for the pods, as its holder wrote it; nil without that service.
    static func delegatedCgroup(runDirectory: String) throws(SystemError) -> String? {
        let text: String
        do throws(SystemError) {
            text = try SystemKernel().read(runDirectory + "/pods-cgroup")
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
        return String(text.prefix { $0 != "\n" })
    }
}
