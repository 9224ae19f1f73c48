// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tw {

/// Where a connection is about to go, after name resolution: what is checked is what is connected.
struct PeerAddress
{
    std::string ip; ///< "203.0.113.7" or "2001:db8::1".
    std::uint16_t port = 0;
};

using AddressCheck = std::function<bool(const PeerAddress &)>;

/// False for everything that is not on the public internet: loopback, private, link-local (cloud
/// metadata), shared, multicast, documentation, and IPv6 forms that wrap an IPv4 address.
bool isPublicAddress(std::string_view ip);

} // namespace tw
