/// The bytes that both ends of SPDY/3 know before the first header block is compressed.
///
/// Source: draft 3.1, section 2.6.10.1: common header names, each behind its length in four bytes, then common values.
/// A wrong byte would show: zlib writes the dictionary's Adler-32 (0xe3c6a7c2) into the stream and refuses another.
enum SPDYDictionary {
    static let bytes: [UInt8] = {
        var bytes: [UInt8] = []
        for name in names.split(separator: " ", omittingEmptySubsequences: true) {
            // The one value with a space among the names is written with an underscore below.
            let name = name == "200_OK" ? "200 OK" : String(name)
            bytes += [0, 0, 0, UInt8(name.utf8.count)]
            bytes += name.utf8
        }
        return bytes + Array(values.utf8)
    }()

    private static let names = """
        options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age \
        allow authorization cache-control connection content-base content-encoding content-language content-length \
        content-location content-md5 content-range content-type date etag expect expires from host if-match \
        if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma \
        proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade \
        user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie \
        keep-alive origin
        """

    private static let values = """
        100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505\
        203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized\
        403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable\
        Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT\
        chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,\
        text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.
        """
}
