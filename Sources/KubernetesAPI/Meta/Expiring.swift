/// A kind whose objects the server removes by itself some time after they last meant something.
public protocol Expiring: APIObject {
    /// Seconds.
    static var timeToLive: Int64 { get }
    /// When the object was last news.
    var lastNews: Time? { get }
}
