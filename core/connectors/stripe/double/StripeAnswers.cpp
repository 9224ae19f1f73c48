// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/StripeAnswers.h"

#include "core/data/Json.h"
#include "core/sandbox/JsonMaker.h"

#include <algorithm>

namespace tw::stripe::answers {

namespace {

Value textOrNothing(const sandbox::JsonMaker &json, const std::string &text)
{
    return text.empty() ? Value() : json.text(text);
}

const std::string kCodePages = "https://stripe.com/docs/error-codes/";

std::string quoted(std::string_view text)
{
    return "'" + std::string(text) + "'";
}

} // namespace

HttpResponse refuse(const Problem &problem)
{
    std::string page = problem.code;
    std::replace(page.begin(), page.end(), '_', '-');
    Arena arena;
    const sandbox::JsonMaker json(arena);
    const Value error =
        json.object({{"code", textOrNothing(json, problem.code)},
                     {"decline_code", textOrNothing(json, problem.declineCode)},
                     {"doc_url", page.empty() ? Value() : json.text(kCodePages + page)},
                     {"message", problem.message},
                     {"param", textOrNothing(json, problem.param)},
                     {"type", problem.type}});
    return jsonResponse(problem.status, toJson(json.object({{"error", error}}), JsonStyle::Pretty));
}

HttpResponse ok(const Value &value)
{
    return jsonResponse(200, toJson(value, JsonStyle::Pretty));
}

HttpResponse missingKey()
{
    return refuse({.status = 401,
                   .message = "No API key came with the request. Send it as 'Authorization: Bearer "
                              "<key>'."});
}

HttpResponse badKey()
{
    return refuse({.status = 401,
                   .message = "The API key is not one of this double: it takes any key that begins "
                              "with sk_test_ or rk_test_."});
}

HttpResponse unknownUrl(std::string_view method, std::string_view path)
{
    return refuse({.status = 404,
                   .message = "Unrecognized request URL (" + std::string(method) + ": " +
                              std::string(path) + ")."});
}

HttpResponse missingObject(std::string_view type, std::string_view id)
{
    return refuse({.status = 404,
                   .code = "resource_missing",
                   .message = "No such " + std::string(type) + ": " + quoted(id),
                   .param = "id"});
}

HttpResponse missingParam(std::string_view name)
{
    return refuse({.code = "parameter_missing",
                   .message = "Missing required param: " + std::string(name) + ".",
                   .param = std::string(name)});
}

HttpResponse unknownParam(std::string_view name)
{
    return refuse({.code = "parameter_unknown",
                   .message = "Received unknown parameter: " + std::string(name),
                   .param = std::string(name)});
}

HttpResponse badParam(std::string_view name, std::string message, std::string code)
{
    return refuse(
        {.code = std::move(code), .message = std::move(message), .param = std::string(name)});
}

} // namespace tw::stripe::answers
