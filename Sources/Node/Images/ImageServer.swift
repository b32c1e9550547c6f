import Client
import ImageStore

/// This node's images for others.
struct ImageServer: ImageServing {
    private let exchange: ImageExchange
    /// Reads of a disk, one after the other.
    private let thread = WorkThread()
    private static let part = 256 << 10

    init(_ store: ImageStore) { exchange = ImageExchange(store) }

    func answer(_ method: String, _ path: String) async -> ImageAnswer {
        let (exchange, thread) = (exchange, thread)
        let answer = await thread.run { exchange.answer(method, path) }
        let body = BodyParts(answer.body)
        return ImageAnswer(code: answer.status, contentType: answer.contentType) {
            try await thread.run { Result { () throws(ImageError) in try body.next(Self.part) } }.get()
        }
    }
}
