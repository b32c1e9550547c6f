import CLinux
import FoundationEssentials
import Glibc

/// What became of one file in `DATA-DIR/images`.
public struct ImportOutcome: Sendable, Equatable {
    public var path: String
    public var result: Result

    public enum Result: Sendable, Equatable {
        case imported(Image)
        /// Imported at an earlier start, and neither the file nor its image changed since.
        case unchanged
        /// What to tell the user; other files are not affected.
        case failed(String)
    }
}

extension ImageStore {
    /// Imports `NAME:TAG.tar`, `.tar.gz`, `.tgz`, `.tar.xz` and `.tar.zst` from `DATA-DIR/images`; a `/` of the name
    /// is a directory there. `NAME:TAG.json` beside it may hold the config: `{"cmd": ["/bin/server"], ...}`.
    ///
    /// A file is imported when its name has no image or the file changed since; one that was refused is reported again
    /// at each start but not read again. Removing the image alone does not help: the file brings it back.
    public func importDropped() throws(ImageError) -> [ImportOutcome] {
        try droppedFiles(in: "", depth: 0).map { file throws(ImageError) in
            ImportOutcome(path: paths.dropped + "/" + file, result: try importDropped(file))
        }
    }

    private func importDropped(_ file: String) throws(ImageError) -> ImportOutcome.Result {
        let path = paths.dropped + "/" + file
        guard let stem = Self.stem(of: file) else {
            return .failed("\(path): not imported: the name must be NAME:TAG.tar, .tar.gz, .tar.xz or .tar.zst")
        }
        let sidecar = paths.dropped + "/" + stem + ".json"
        let fingerprint = Self.fingerprint(path) + "+" + Self.fingerprint(sidecar)
        let index = try ImageIndex.load(paths.index)
        if let known = index.dropped[file], known.fingerprint == fingerprint {
            if let failure = known.failure { return .failed(failure) }
            // Not a name: it was imported, so it is one.
            if let name = try? ImageName(stem).description, index.names[name] != nil { return .unchanged }
        }
        let result: ImportOutcome.Result
        var failure: ImageError?
        do {
            result = .imported(try importTarball(stem, from: path, config: try Self.config(sidecar)))
        } catch {
            result = .failed("\(error)")
            failure = error
        }
        // A full disk may be better next time; a file that is no archive will not.
        if let failure, !failure.isPermanent { return result }
        try StoreLock.hold(paths.lock) { () throws(ImageError) in
            var current = try ImageIndex.load(paths.index)
            current.dropped[file] = .init(fingerprint: fingerprint, failure: failure.map { "\($0)" })
            try current.save(paths.index, directory: paths.root)
        }
        return result
    }

    private static func config(_ path: String) throws(ImageError) -> ImageConfig {
        guard let bytes = try AtomicFile.read(path, limit: 1 << 20) else { return ImageConfig() }
        do {
            let data = Data(bytes)
            // JSONDecoder skips keys that it does not know; a misspelt one must not be skipped.
            let keys = try JSONDecoder().decode([String: AnyValue].self, from: data).keys
            if let unknown = keys.sorted().first(where: { ImageConfig.CodingKeys(rawValue: $0) == nil }) {
                throw ImageError.invalidConfig(reason: "\(path): unknown field \"\(unknown)\"")
            }
            return try JSONDecoder().decode(ImageConfig.self, from: data)
        } catch let error as ImageError {
            throw error
        } catch {
            throw .invalidConfig(reason: "\(path): \(error)")
        }
    }

    /// Any JSON value; only the keys beside it matter.
    private struct AnyValue: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    private func droppedFiles(in directory: String, depth: Int) throws(ImageError) -> [String] {
        var files: [String] = []
        for name in try FileTree.names(in: paths.dropped + "/" + directory) where !name.hasPrefix(".") {
            let relative = directory + name
            var status = stat()
            // Gone meanwhile: not there.
            guard stat(paths.dropped + "/" + relative, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                if depth < 8 { files += try droppedFiles(in: relative + "/", depth: depth + 1) }
            } else if !name.hasSuffix(".json") {
                files.append(relative)
            }
        }
        return files
    }

    private static func stem(of file: String) -> String? {
        for suffix in [".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst"] where file.hasSuffix(suffix) {
            return String(file.dropLast(suffix.count))
        }
        return nil
    }

    /// Inode, size and both times: copying or editing a file changes at least one. Empty when there is no file.
    private static func fingerprint(_ path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return "" }
        return "\(status.st_ino):\(status.st_size):\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
            + ":\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
    }
}
