extension Container {
    /// The tag of the image's name: `latest` where neither a tag nor a digest is given, nil where only a digest is.
    /// Source: the reference grammar of the distribution project.
    var imageTag: String? {
        let digest = image.firstIndex(of: "@")
        let name = image[..<(digest ?? image.endIndex)]
        // A colon before the last slash belongs to the registry's port.
        let last = name.lastIndex(of: "/").map { name[name.index(after: $0)...] } ?? name
        if let colon = last.lastIndex(of: ":") { return String(last[last.index(after: colon)...]) }
        return digest == nil ? "latest" : nil
    }
}
