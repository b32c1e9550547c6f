import Client
import KubernetesAPI
import Logging
import NIOHTTP1

/// `GET /images/...`: this node's images, for other nodes.
struct ImageEndpoint: Sendable {
    /// Nil: this server has no node.
    let images: (any ImageServing)?
    let logger: Logger

    /// - Parameter target: asked for by someone who may.
    func respond(_ request: HTTPRequest, _ target: RequestTarget) -> HTTPOutcome? {
        guard let images, target.segments.first == "images" else { return nil }
        let path = target.path
        return .later { [logger] in
            let answer = await images.answer(request.method.rawValue, path)
            guard answer.code == 200 else {
                do {
                    return .answer(
                        .text(String(decoding: try await answer.next() ?? [], as: UTF8.self), code: answer.code))
                } catch {
                    return .answer(.text("\(error)\n", code: 500))
                }
            }
            return .stream(contentType: answer.contentType) { writer in
                do {
                    while let part = try await answer.next() { try await writer.write(part) }
                } catch {
                    // The head is out; the other node sees a piece that is too short, and asks another.
                    logger.info("an image ended early", metadata: ["path": "\(path)", "error": "\(error)"])
                }
            }
        }
    }
}

/// Nodes may read each other's images.
struct ImageAuthorizer: Authorizer {
    func allows(_ user: User, _ attributes: Attributes) -> Bool {
        guard case .nonResource("get", let path) = attributes else { return false }
        return path.hasPrefix("/images/") && NodeUser.node(user) != nil
    }
}
