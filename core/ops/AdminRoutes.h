// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/HttpMessage.h"
#include "core/ops/Desk.h"

#include <optional>

namespace tw::ops {

/// The action that a request of /v1 asks for, with its arguments out of path, query and body; `who`
/// is taken out of the body. Errors: Rejected `ops.no_such_page`, `ops.bad_argument`.
Result<DeskCall> callOf(const HttpRequest &request, Instant now);

/// The address of an action and the body to send there: what callOf() reads back.
struct AdminRequest
{
    std::string method;
    std::string target; ///< Path and query.
    std::string body;
};
std::optional<AdminRequest> requestOf(const DeskCall &call);

} // namespace tw::ops
