extension Volume {
    /// 0644.
    private static let fileMode: Int32 = 420

    mutating func applyDefaults() {
        if sources.isEmpty { emptyDir = EmptyDirVolumeSource() }
        if hostPath != nil, hostPath?.type == nil { hostPath?.type = "" }
        if configMap != nil, configMap?.defaultMode == nil { configMap?.defaultMode = Self.fileMode }
        if secret != nil, secret?.defaultMode == nil { secret?.defaultMode = Self.fileMode }
        if downwardAPI != nil, downwardAPI?.defaultMode == nil { downwardAPI?.defaultMode = Self.fileMode }
        if projected != nil, projected?.defaultMode == nil { projected?.defaultMode = Self.fileMode }
        downwardAPI?.items?.modifyEach { $0.fieldRef?.apiVersion.setIfEmpty("v1") }
        projected?.sources?.modifyEach { source in
            source.downwardAPI?.items?.modifyEach { $0.fieldRef?.apiVersion.setIfEmpty("v1") }
        }
    }

    /// The names of the sources that are given, in the order in which Kubernetes looks at them; there should be one.
    var sources: [String] {
        var names: [String] = []
        if emptyDir != nil { names.append("emptyDir") }
        if hostPath != nil { names.append("hostPath") }
        if secret != nil { names.append("secret") }
        if persistentVolumeClaim != nil { names.append("persistentVolumeClaim") }
        if downwardAPI != nil { names.append("downwardAPI") }
        if configMap != nil { names.append("configMap") }
        if projected != nil { names.append("projected") }
        return names
    }
}
