// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/AddressPolicy.h"

#include "core/base/Text.h"

#include <QHostAddress>
#include <algorithm>
#include <array>

namespace tw {

namespace {

struct Block
{
    std::uint32_t network;
    int bits;
};

/// IANA IPv4 special-purpose address registry, with multicast and the reserved class E.
constexpr std::array kSpecialBlocks{
    Block{0x00000000, 8},  Block{0x0a000000, 8},  Block{0x64400000, 10}, Block{0x7f000000, 8},
    Block{0xa9fe0000, 16}, Block{0xac100000, 12}, Block{0xc0000000, 24}, Block{0xc0000200, 24},
    Block{0xc0586300, 24}, Block{0xc0a80000, 16}, Block{0xc6120000, 15}, Block{0xc6336400, 24},
    Block{0xcb007100, 24}, Block{0xe0000000, 4},  Block{0xf0000000, 4},
};

bool isPublicIPv4(std::uint32_t address)
{
    return std::none_of(kSpecialBlocks.begin(), kSpecialBlocks.end(), [&](const Block &block) {
        return ((address ^ block.network) >> (32 - block.bits)) == 0;
    });
}

/// Only 2000::/3 is handed out; in it, Teredo, documentation and 6to4 are left out.
bool isPublicIPv6(const Q_IPV6ADDR &address)
{
    const auto word = [&](int at) { return (address[at] << 8) | address[at + 1]; };
    if ((address[0] & 0xe0) != 0x20 || word(0) == 0x2002)
        return false;
    return word(0) != 0x2001 || (word(2) > 0x01ff && word(2) != 0x0db8);
}

} // namespace

bool isPublicAddress(std::string_view ip)
{
    const QHostAddress address(toQString(ip));
    if (address.isNull())
        return false;
    bool isIPv4 = false; // Also for ::ffff:a.b.c.d.
    const std::uint32_t number = address.toIPv4Address(&isIPv4);
    return isIPv4 ? isPublicIPv4(number) : isPublicIPv6(address.toIPv6Address());
}

} // namespace tw
