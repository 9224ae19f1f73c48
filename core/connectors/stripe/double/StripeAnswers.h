// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"
#include "core/net/HttpMessage.h"

#include <string>
#include <string_view>

namespace tw::stripe::answers {

/// Stripe's error body: {"error": {"type", "code", "doc_url", "message", "param"}}; empty parts are
/// left out.
struct Problem
{
    int status = 400;
    std::string type = "invalid_request_error";
    std::string code = {};
    std::string message = {};
    std::string param = {};
    std::string declineCode = {};
};

HttpResponse refuse(const Problem &problem);
HttpResponse ok(const Value &value);

HttpResponse missingKey();
HttpResponse badKey();
HttpResponse unknownUrl(std::string_view method, std::string_view path);
HttpResponse missingObject(std::string_view type, std::string_view id);
HttpResponse missingParam(std::string_view name);
HttpResponse unknownParam(std::string_view name);
/// A value that a parameter cannot have. Stripe gives most of these no code.
HttpResponse badParam(std::string_view name, std::string message, std::string code = {});

} // namespace tw::stripe::answers
