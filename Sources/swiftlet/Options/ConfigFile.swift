import ArgumentParser
import CYAML
import Glibc

/// A YAML file that is one flat map of names to plain values. libyaml's own interface: the Swift wrapper at hand brings in
/// all of Foundation.
enum ConfigFile {
    static func read(_ path: String, allowed: [String]) throws -> [String: String] {
        guard let file = fopen(path, "re") else {
            throw ValidationError("\(path): \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { throw ValidationError("\(path): out of memory") }
        defer { yaml_parser_delete(&parser) }
        yaml_parser_set_input_file(&parser, file)

        var values: [String: String] = [:]
        var depth = 0
        var name: String?
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(&parser, &event) == 1 else {
                let problem = parser.problem.map { String(cString: $0) } ?? "not YAML"
                throw ValidationError("\(path):\(parser.problem_mark.line + 1): \(problem)")
            }
            defer { yaml_event_delete(&event) }
            let line = event.start_mark.line + 1
            switch event.type {
            case YAML_STREAM_END_EVENT: return values
            case YAML_MAPPING_START_EVENT where depth == 0: depth = 1
            case YAML_MAPPING_END_EVENT: depth = 0
            case YAML_SCALAR_EVENT where depth == 1:
                let scalar = event.data.scalar
                let text = String(
                    decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
                if let known = name {
                    values[known] = text
                    name = nil
                } else {
                    guard allowed.contains(text) else {
                        throw ValidationError(
                            "\(path):\(line): unknown name \(text); known are \(allowed.joined(separator: ", "))")
                    }
                    guard values[text] == nil else { throw ValidationError("\(path):\(line): \(text) stands twice") }
                    name = text
                }
            // A file that is empty or holds comments alone is an empty map.
            case YAML_SCALAR_EVENT where event.data.scalar.length == 0: break
            case YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT, YAML_DOCUMENT_END_EVENT: break
            default: throw ValidationError("\(path):\(line): only `name: value` lines are understood here")
            }
        }
    }
}
