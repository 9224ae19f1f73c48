// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <string>
#include <string_view>

namespace tw::salesforce {

/// The address of an org's API made from what people paste: a Lightning page becomes the My Domain
/// address, paths and trailing slashes go. Plain http only for this machine. Error Config
/// `salesforce.bad_address`.
Result<std::string> orgAddress(std::string_view pasted);

/// True for the common log-in hosts, which answer no client credentials.
bool isCommonLoginHost(std::string_view address);

} // namespace tw::salesforce
