// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/ApiFrame.h"
#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/StripeAnswers.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What the handlers of the billing calls share. Thread of the double.
namespace tw::stripe::billing {

using sandbox::JsonMaker;

/// A value, or the answer that refuses the call.
template <typename T>
using Outcome = Result<T, HttpResponse>;

constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kDay = 86'400;

/// A whole number, also when it is written as a text (parameters are).
std::int64_t whole(const Value &value, std::int64_t otherwise = 0);
/// A text, or the id of an object; "" for anything else.
std::string str(const Value &value);
/// True, or the text "true".
bool yes(const Value &value);
/// Neither undefined nor null nor an empty text.
bool given(const Value &value);
Value orNull(std::int64_t number);                            ///< 0 is null.
Value orNull(const JsonMaker &json, const std::string &text); ///< "" is null.
Value toArray(Arena &arena, const std::vector<Value> &items);
Value texts(const JsonMaker &json, const std::vector<std::string> &items);
/// A list object as it stands inside of others.
Value listOf(const JsonMaker &json, const std::vector<Value> &items, const std::string &url);

/// What was sent for a field of `type`, in that field's types; `otherwise` when it was not sent.
Value taken(const ApiCall &call, std::string_view type, std::string_view name,
            const Value &otherwise);
/// The same for a field of an object that exists.
Value kept(const ApiCall &call, std::string_view type, const Value &before, std::string_view name);
/// The object that a parameter names, or the refusal.
Outcome<Value> needed(ApiHost &host, const ApiCall &call, std::string_view type,
                      const std::string &id, std::string_view param);
/// The object that the path names, or 404.
Outcome<Value> named(ApiHost &host, const ApiCall &call, std::string_view type);
HttpResponse invalid(std::string_view param, std::string message, std::string code = {});
HttpResponse deletedAnswer(const ApiCall &call, const Value &object);

/// A call as Stripe makes it on its own, in an arena of its own.
ApiCall ownCall(const ApiCall &like, Arena &arena);
/// Parameters for ApiHost::call: members that are undefined or null are left out, numbers become
/// texts.
Value formOf(const JsonMaker &json, std::initializer_list<JsonMaker::Member> members);
/// The body of an answer in the arena of the call.
Value bodyOf(const ApiCall &call, const HttpResponse &answer);

/// One page of objects that stand in the order in which they are listed.
HttpResponse pageOf(const ApiCall &call, const std::vector<Value> &items, const std::string &url);

/// All live objects of a type that `wanted` takes, oldest first, in the arena of the call.
std::vector<Value> allOf(ApiHost &host, const ApiCall &call, std::string_view type,
                         const std::function<bool(const Value &)> &wanted);

} // namespace tw::stripe::billing
