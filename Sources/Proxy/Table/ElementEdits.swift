import Linux

/// What has to change in the sets: at most one deletion and one addition a key, whatever came between.
struct ElementEdits: Sendable {
    struct Place: Hashable, Sendable {
        var set: ProxySet
        var key: [UInt8]
    }

    struct Edit: Equatable, Sendable {
        /// The kernel has an element with this key, which goes.
        var wasThere: Bool
        /// What it has afterwards.
        var element: NftablesElement?
    }

    private(set) var edits: [Place: Edit] = [:]
    /// Chains that these elements lead to and that are new.
    private(set) var newClasses: [FrontendClass] = []
    /// Seconds that clients are remembered and that no class before had.
    private(set) var newAffinities: [UInt32] = []

    var isEmpty: Bool { edits.isEmpty && newClasses.isEmpty }

    mutating func remove(_ set: ProxySet, _ key: [UInt8]) {
        let place = Place(set: set, key: key)
        if let edit = edits[place] {
            edits[place] = edit.wasThere ? Edit(wasThere: true) : nil
        } else {
            edits[place] = Edit(wasThere: true)
        }
    }

    mutating func add(_ set: ProxySet, _ element: NftablesElement) {
        edits[Place(set: set, key: element.key), default: Edit(wasThere: false)].element = element
    }

    mutating func add(_ frontendClass: FrontendClass) { newClasses.append(frontendClass) }

    mutating func addAffinity(_ timeout: UInt32) { newAffinities.append(timeout) }

    /// What `write` leads to and what is not there yet.
    func writeChains(to batch: inout NftablesBatch) {
        for timeout in newAffinities { EndpointChains.addAffinity(timeout, to: &batch) }
        for frontendClass in newClasses where !frontendClass.rules.isEmpty {
            batch.addChain(frontendClass.chain)
            for rule in frontendClass.rules { batch.addRule(frontendClass.chain, rule) }
        }
    }

    /// Deletions before additions: the kernel refuses a key that is there. In order of keys, so that the same edits are the
    /// same bytes.
    func write(to batch: inout NftablesBatch) {
        let ordered = edits.sorted { $0.key.key.lexicographicallyPrecedes($1.key.key) }
        let bySet = Dictionary(grouping: ordered, by: \.key.set)
        for set in ProxySet.allCases {
            guard let own = bySet[set] else { continue }
            let gone = own.lazy.filter(\.value.wasThere).map { NftablesElement(key: $0.key.key) }
            batch.delete(gone, from: set.rawValue)
            batch.add(own.lazy.compactMap(\.value.element), to: set.rawValue)
        }
    }
}
