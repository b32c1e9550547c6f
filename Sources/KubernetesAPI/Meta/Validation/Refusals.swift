/// What validation collects, in the words of Kubernetes. Source: apimachinery util/validation/field.
extension [FieldError] {
    mutating func required(_ path: FieldPath, _ detail: String = "") {
        append(FieldError(.required, path.description, detail))
    }

    mutating func invalid(_ path: FieldPath, _ value: some ShownInErrors, _ detail: String) {
        append(FieldError(.invalid, path.description, value: value.shown, detail))
    }

    /// One error for each problem.
    mutating func invalid(_ path: FieldPath, _ value: String, _ problems: [String]) {
        for problem in problems { invalid(path, value, problem) }
    }

    mutating func notSupported(_ path: FieldPath, _ value: String, _ supported: [String]) {
        let list = supported.map(\.shown).joined(separator: ", ")
        append(FieldError(.notSupported, path.description, value: value.shown, "supported values: \(list)"))
    }

    mutating func forbidden(_ path: FieldPath, _ detail: String) {
        append(FieldError(.forbidden, path.description, detail))
    }

    mutating func duplicate(_ path: FieldPath, _ value: String) {
        append(FieldError(.duplicate, path.description, value: value.shown))
    }

    mutating func notFound(_ path: FieldPath, _ value: String) {
        append(FieldError(.notFound, path.description, value: value.shown))
    }

    mutating func tooLong(_ path: FieldPath, limit bytes: Int) {
        append(FieldError(.tooLong, path.description, "may not be more than \(bytes) bytes"))
    }

    /// Kubernetes knows this, swiftlet does not do it: to accept it would be to ignore it.
    mutating func unsupported(_ path: FieldPath, _ what: String? = nil) {
        forbidden(path, (what.map { "\($0) is " } ?? "") + "not supported by swiftlet")
    }

    mutating func nonNegative(_ path: FieldPath, _ value: (some FixedWidthInteger & ShownInErrors)?) {
        if let value, value < 0 { invalid(path, value, "must be greater than or equal to 0") }
    }

    mutating func immutable<T: Equatable & ShownInErrors>(_ path: FieldPath, _ new: T?, _ old: T?) {
        if new != old {
            append(FieldError(.invalid, path.description, value: new?.shown ?? "null", "field is immutable"))
        }
    }

    /// One of a few words; nil and the empty text are `missing`'s to judge.
    mutating func choice(_ path: FieldPath, _ value: String?, _ supported: [String], required: Bool = false) {
        guard let value, !value.isEmpty else {
            if required { self.required(path) }
            return
        }
        if !supported.contains(value) { notSupported(path, value, supported) }
    }

    mutating func name(_ path: FieldPath, _ value: String?, _ rule: (String) -> [String], required: Bool = true) {
        guard let value, !value.isEmpty else {
            if required { self.required(path) }
            return
        }
        invalid(path, value, rule(value))
    }
}

/// How a refused value is printed: numbers bare, everything else as JSON.
protocol ShownInErrors {
    var shown: String { get }
}

extension Int: ShownInErrors { var shown: String { String(self) } }
extension Int32: ShownInErrors { var shown: String { String(self) } }
extension Int64: ShownInErrors { var shown: String { String(self) } }
extension Bool: ShownInErrors { var shown: String { String(self) } }
extension Quantity: ShownInErrors { var shown: String { description.shown } }
extension Time: ShownInErrors { var shown: String { description.shown } }
extension MicroTime: ShownInErrors { var shown: String { description.shown } }

extension String: ShownInErrors {
    var shown: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}

extension Array: ShownInErrors where Element: ShownInErrors {
    var shown: String { "[\(map(\.shown).joined(separator: ","))]" }
}

extension [String: String]: ShownInErrors {
    var shown: String {
        "{\(sorted { $0.key < $1.key }.map { "\($0.key.shown):\($0.value.shown)" }.joined(separator: ","))}"
    }
}

extension IntOrString: ShownInErrors {
    var shown: String {
        switch self {
        case .int(let number): number.shown
        case .string(let text): text.shown
        }
    }
}

extension LabelSelector: ShownInErrors {
    var shown: String {
        var parts: [String] = []
        if let matchLabels { parts.append("\"matchLabels\":\(matchLabels.shown)") }
        if let matchExpressions { parts.append("\"matchExpressions\":\(matchExpressions.shown)") }
        return "{\(parts.joined(separator: ","))}"
    }
}

extension LabelSelectorRequirement: ShownInErrors {
    var shown: String {
        let values = values.map { ",\"values\":\($0.shown)" } ?? ""
        return "{\"key\":\(key.shown),\"operator\":\(`operator`.shown)\(values)}"
    }
}
