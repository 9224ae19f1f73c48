// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/RequestRules.h"

#include "core/connectors/stripe/double/ParamValues.h"
#include "core/connectors/stripe/double/StripeAnswers.h"
#include "core/data/Json.h"
#include "core/sandbox/JsonMaker.h"

#include <algorithm>
#include <cctype>

namespace tw::stripe {
namespace {

constexpr std::size_t kMostMetadata = 50;
constexpr std::size_t kLongestMetadataKey = 40;
constexpr std::size_t kLongestMetadataValue = 500;

/// "items[0][price]" into its names.
std::vector<std::string_view> namesOf(std::string_view param)
{
    std::vector<std::string_view> names;
    while (!param.empty()) {
        const auto end = std::min(param.find_first_of("[]"), param.size());
        if (end > 0)
            names.push_back(param.substr(0, end));
        param = param.substr(std::min(end + 1, param.size()));
    }
    return names;
}

bool isWholeNumber(const ApiOperation &operation, std::string_view param)
{
    const std::vector<ApiField> *fields = &operation.params;
    const ApiField *field = nullptr;
    for (const std::string_view name : namesOf(param)) {
        if (field && (field->kind == ApiField::Kind::List || field->kind == ApiField::Kind::Map)) {
            field = field->fields.empty() ? nullptr : &field->fields.front();
        } else {
            const auto found =
                std::find_if(fields->begin(), fields->end(),
                             [name](const ApiField &one) { return one.name == name; });
            field = found == fields->end() ? nullptr : &*found;
        }
        if (!field)
            return false;
        fields = &field->fields;
    }
    return field && field->kind == ApiField::Kind::Integer;
}

Value valueAt(const Value &params, std::string_view param)
{
    Value value = params;
    for (const std::string_view name : namesOf(param)) {
        if (value.isArray()) {
            const auto items = value.items();
            std::size_t at = 0;
            for (const char digit : name)
                at = at * 10 + static_cast<std::size_t>(digit - '0');
            value = at < items.size() ? items[at] : Value();
        } else {
            value = value.get(name);
        }
    }
    return value;
}

HttpResponse refusalOf(const ApiOperation &operation, const Value &params,
                       const ApiProblem &problem)
{
    switch (problem.what) {
    case ApiProblem::What::Unknown:
        return answers::unknownParam(problem.param);
    case ApiProblem::What::Missing:
        return answers::missingParam(problem.param);
    case ApiProblem::What::WrongType: {
        const Value given = valueAt(params, problem.param);
        const bool isEmpty = given.isString() && given.size() == 0;
        return answers::badParam(problem.param, problem.message,
                                 isEmpty ? "parameter_invalid_empty"
                                 : isWholeNumber(operation, problem.param)
                                     ? "parameter_invalid_integer"
                                     : "");
    }
    case ApiProblem::What::NoChoice:
        break;
    }
    return answers::badParam(problem.param, "Invalid " + problem.param + ": " + problem.message);
}

std::optional<HttpResponse> metadataProblem(const Value &metadata)
{
    if (metadata.isObject() && metadata.size() > kMostMetadata)
        return answers::badParam("metadata", "Metadata can have up to 50 keys.");
    for (const Member &member : metadata.members()) {
        const std::string key(member.key.text());
        const std::string param = "metadata[" + key + ']';
        if (key.size() > kLongestMetadataKey)
            return answers::badParam(param, "Metadata keys can have up to 40 characters.");
        if (key.find_first_of("[]") != std::string::npos)
            return answers::badParam(param, "Metadata keys cannot have square brackets.");
        if (member.value.text().size() > kLongestMetadataValue)
            return answers::badParam(param, "Metadata values can have up to 500 characters.");
    }
    return std::nullopt;
}

/// What the API takes beside what its file lists: cards as they were sent before there were
/// intents.
bool isOfOldCards(const ApiProblem &problem, const Value &params)
{
    return problem.param.starts_with("payment_method_data[card]") ||
           (problem.param == "source" && params.get("source").get("number").isString());
}

/// Answers may bring new choices; a request of this version cannot.
std::optional<HttpResponse> choiceProblem(const std::vector<ApiField> &fields, const Value &params,
                                          const std::string &prefix)
{
    const auto within = [](const ApiField &field, const Value &given, const std::string &path) {
        if (given.isObject())
            return choiceProblem(field.fields, given, path);
        const auto &known = field.choices;
        if (known.empty() || !given.isString() || given.size() == 0 ||
            std::find(known.begin(), known.end(), given.text()) != known.end())
            return std::optional<HttpResponse>();
        std::string all;
        for (const std::string &one : known)
            all += (all.empty() ? "" : ", ") + one;
        return std::optional(
            answers::badParam(path, "Invalid " + path + ": must be one of " + all + '.'));
    };
    for (const ApiField &field : fields) {
        const Value given = params.get(field.name);
        const std::string path = prefix.empty() ? field.name : prefix + '[' + field.name + ']';
        if (field.kind == ApiField::Kind::Any)
            continue;
        if (auto problem = within(field, given, path))
            return problem;
        std::size_t at = 0;
        for (const Value &item : given.items()) {
            if (field.fields.empty())
                break;
            if (auto problem =
                    within(field.fields.front(), item, path + '[' + std::to_string(at++) + ']'))
                return problem;
        }
    }
    return std::nullopt;
}

/// The parameter that has this text; empty: none.
std::string paramWith(const Value &params, std::string_view text, const std::string &prefix)
{
    const auto inside = [&](const std::string &name, const Value &value) {
        const std::string path = prefix.empty() ? name : prefix + '[' + name + ']';
        if (value.isString() && value.text() == text)
            return path;
        return value.isObject() || value.isArray() ? paramWith(value, text, path) : std::string();
    };
    for (const Member &member : params.members()) {
        if (std::string found = inside(std::string(member.key.text()), member.value);
            !found.empty())
            return found;
    }
    std::size_t at = 0;
    for (const Value &item : params.items()) {
        if (std::string found = inside(std::to_string(at++), item); !found.empty())
            return found;
    }
    return {};
}

} // namespace

std::optional<HttpResponse> refusedBefore(const ApiOperation &operation, const Value &params,
                                          const std::vector<std::string> &expand)
{
    for (const ApiProblem &problem : checkParams(operation, params)) {
        if (!isOfOldCards(problem, params))
            return refusalOf(operation, params, problem);
    }
    if (auto problem = choiceProblem(operation.params, params, {}))
        return problem;
    if (auto problem = metadataProblem(params.get("metadata")))
        return problem;
    const bool isList = operation.verb == ApiVerb::List || operation.verb == ApiVerb::Search;
    for (const std::string &path : expand) {
        if (!ApiCatalogue::builtIn().mayExpand(operation.object, path, isList))
            return answers::refuse({.code = "property_expansion_disallowed",
                                    .message = "This property cannot be expanded (" + path + ").",
                                    .param = "expand"});
    }
    return std::nullopt;
}

std::optional<HttpResponse> overfilledBy(const sandbox::JsonMaker &json, const Value &metadata,
                                         const Value &change)
{
    if (!change.isObject() || mergedMetadata(json, metadata, change).size() <= kMostMetadata)
        return std::nullopt;
    return answers::badParam("metadata", "Metadata can have up to 50 keys.");
}

HttpResponse blamingParam(HttpResponse refusal, const std::vector<std::string> &segments,
                          const Value &params)
{
    Arena arena;
    const auto body = parseJsonInto(arena, refusal.body);
    const Value error = body ? body->get("error") : Value();
    if (refusal.status != 404 || error.get("code").text() != "resource_missing")
        return refusal;
    std::string_view id = error.get("message").text(); // No such customer: 'cus_1'
    const auto begin = id.find(": '");
    if (begin == std::string_view::npos || !id.ends_with('\''))
        return refusal;
    id = id.substr(begin + 3);
    id.remove_suffix(1);
    const std::string param = paramWith(params, id, {});
    if (param.empty() || std::find(segments.begin(), segments.end(), id) != segments.end())
        return refusal;
    const sandbox::JsonMaker json(arena);
    refusal.status = 400;
    refusal.body =
        toJson(json.object({{"error", json.with(error, {{"param", param}})}}), JsonStyle::Pretty);
    return refusal;
}

bool spendsKey(const HttpResponse &answer)
{
    if (answer.status < 400 || answer.status == 402 || answer.status >= 500)
        return true;
    if (answer.status != 400 && answer.status != 404)
        return false;
    Arena arena;
    const auto body = parseJsonInto(arena, answer.body);
    const std::string_view code = body ? body->find("error.code").text() : std::string_view();
    return answer.status == 404 ? code == "resource_missing" : !code.starts_with("parameter_");
}

bool isVersionName(std::string_view version)
{
    const std::string_view date = version.substr(0, 10);
    if (date.size() != 10)
        return false;
    for (std::size_t at = 0; at < date.size(); ++at) {
        const bool isDash = at == 4 || at == 7;
        if (isDash ? date[at] != '-' : !std::isdigit(static_cast<unsigned char>(date[at])))
            return false;
    }
    return version.size() == 10 || version[10] == '.';
}

} // namespace tw::stripe
