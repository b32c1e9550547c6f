/// Where things are below DATA-DIR.
struct StorePaths: Sendable {
    /// `image-store`: `index.json`, `lock`, and the directories below.
    let root: String
    let index: String
    let lock: String
    /// A directory a layer.
    let layers: String
    /// A directory a layer: its archive, for other nodes.
    let archives: String
    /// A directory an import under way.
    let temporary: String
    /// `refs/<hex of the image id>/<holder>`: who uses which image.
    let references: String
    /// `images`: where administrators drop tarballs.
    let dropped: String

    init(dataDirectory: String) {
        root = dataDirectory + "/image-store"
        index = root + "/index.json"
        lock = root + "/lock"
        layers = root + "/layers"
        archives = root + "/archives"
        temporary = root + "/tmp"
        references = root + "/refs"
        dropped = dataDirectory + "/images"
    }
}
