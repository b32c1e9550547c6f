#define _GNU_SOURCE
#include "datagrams.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

struct batch {
    struct mmsghdr messages[CLINUX_DATAGRAMS];
    struct iovec parts[CLINUX_DATAGRAMS];
    struct sockaddr_in peers[CLINUX_DATAGRAMS];
};

static void prepare(struct batch *batch, int i, uint8_t *bytes, size_t length) {
    batch->parts[i] = (struct iovec){.iov_base = bytes, .iov_len = length};
    memset(&batch->messages[i], 0, sizeof batch->messages[i]);
    batch->messages[i].msg_hdr.msg_name = &batch->peers[i];
    batch->messages[i].msg_hdr.msg_namelen = sizeof batch->peers[i];
    batch->messages[i].msg_hdr.msg_iov = &batch->parts[i];
    batch->messages[i].msg_hdr.msg_iovlen = 1;
}

int clinux_receive_datagrams(int fd, uint8_t *bytes, size_t stride, struct clinux_datagram *list, int capacity) {
    struct batch batch;
    if (capacity > CLINUX_DATAGRAMS) capacity = CLINUX_DATAGRAMS;
    for (int i = 0; i < capacity; i++) prepare(&batch, i, bytes + (size_t)i * stride, stride);
    int count = recvmmsg(fd, batch.messages, (unsigned)capacity, MSG_DONTWAIT, NULL);
    if (count < 0) return -errno;
    for (int i = 0; i < count; i++) {
        list[i].address = ntohl(batch.peers[i].sin_addr.s_addr);
        list[i].port = ntohs(batch.peers[i].sin_port);
        unsigned length = batch.messages[i].msg_len;
        int cut = batch.messages[i].msg_hdr.msg_flags & MSG_TRUNC;
        list[i].length = cut || length > UINT16_MAX ? 0 : (uint16_t)length;
    }
    return count;
}

int clinux_send_datagrams(int fd, const uint8_t *bytes, size_t stride, const struct clinux_datagram *list, int count) {
    struct batch batch;
    if (count > CLINUX_DATAGRAMS) count = CLINUX_DATAGRAMS;
    for (int i = 0; i < count; i++) {
        // sendmmsg reads what it is pointed to; struct iovec has no const.
        prepare(&batch, i, (uint8_t *)bytes + (size_t)i * stride, list[i].length);
        batch.peers[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(list[i].port)};
        batch.peers[i].sin_addr.s_addr = htonl(list[i].address);
    }
    int sent = sendmmsg(fd, batch.messages, (unsigned)count, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? -errno : sent;
}
