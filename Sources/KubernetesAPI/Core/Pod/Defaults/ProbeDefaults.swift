extension Probe {
    mutating func applyDefaults() {
        // Zero counts as not given.
        if (timeoutSeconds ?? 0) == 0 { timeoutSeconds = 1 }
        if (periodSeconds ?? 0) == 0 { periodSeconds = 10 }
        if (successThreshold ?? 0) == 0 { successThreshold = 1 }
        if (failureThreshold ?? 0) == 0 { failureThreshold = 3 }
        httpGet?.applyDefaults()
    }
}

extension HTTPGetAction {
    mutating func applyDefaults() {
        path.setIfEmpty("/")
        scheme.setIfEmpty("HTTP")
    }
}
