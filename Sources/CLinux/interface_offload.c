#define _GNU_SOURCE
#include "syscalls.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int ethtool_value(const char *interface, unsigned command, unsigned data) {
    struct ethtool_value value = {.cmd = command, .data = data};
    struct ifreq request = {.ifr_data = (void *)&value};
    if (strlen(interface) >= sizeof request.ifr_name) return -ENODEV;
    strcpy(request.ifr_name, interface);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int result = ioctl(fd, SIOCETHTOOL, &request) < 0 ? -errno : (int)value.data;
    close(fd);
    return result;
}

int clinux_disable_transmit_checksum(const char *interface) {
    int result = ethtool_value(interface, ETHTOOL_STXCSUM, 0);
    return result < 0 ? result : 0;
}

int clinux_transmit_checksum(const char *interface) { return ethtool_value(interface, ETHTOOL_GTXCSUM, 0); }
