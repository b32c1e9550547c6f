// Many datagrams a system call. C because recvmmsg(2), sendmmsg(2) and struct mmsghdr are hidden behind _GNU_SOURCE, and
// because the arrays of pointers into each other that they take would have to be pinned one by one in Swift.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define CLINUX_DATAGRAMS 64

/// One datagram of a batch: its peer (IPv4, in the machine's order) and its length.
struct clinux_datagram {
    uint32_t address;
    uint16_t port;
    uint16_t length;
};

/// Receives up to CLINUX_DATAGRAMS datagrams without waiting; datagram i lies at bytes + i * stride. One that did not fit
/// has the length 0. Returns how many, or -errno.
int clinux_receive_datagrams(int fd, uint8_t *bytes, size_t stride, struct clinux_datagram *list, int capacity);
/// Sends the datagrams without waiting. Returns how many the kernel has taken, from the first on, or -errno when it did
/// not take the first.
int clinux_send_datagrams(int fd, const uint8_t *bytes, size_t stride, const struct clinux_datagram *list, int count);
