// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/Catalogue.h"

#include <algorithm>
#include <cctype>

namespace tw::stripe {
namespace {

using Kind = ApiField::Kind;
using What = ApiProblem::What;

constexpr std::size_t kMostProblems = 20;
constexpr std::size_t kMostNamed = 8;

bool isWhole(const Value &value)
{
    if (value.isNumber())
        return value.toInt().has_value();
    std::string_view text = value.text();
    if (text.starts_with('-'))
        text.remove_prefix(1);
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

bool isDecimal(const Value &value)
{
    if (value.isNumber())
        return true;
    std::string_view text = value.text();
    if (text.starts_with('-'))
        text.remove_prefix(1);
    const auto dot = text.find('.');
    const auto digits = [](std::string_view part) {
        return std::all_of(part.begin(), part.end(),
                           [](unsigned char c) { return std::isdigit(c); });
    };
    return !text.empty() && text != "." &&
           (dot == std::string_view::npos
                ? digits(text)
                : digits(text.substr(0, dot)) && digits(text.substr(dot + 1)));
}

class Check
{
public:
    std::vector<ApiProblem> problems;

    void members(const std::vector<ApiField> &fields, const Value &params,
                 const std::string &prefix)
    {
        for (const Member &member : params.members()) {
            const std::string_view name = member.key.text();
            if (prefix.empty() && name == "expand")
                continue;
            const auto field =
                std::find_if(fields.begin(), fields.end(),
                             [name](const ApiField &one) { return one.name == name; });
            const std::string path = inside(prefix, name);
            if (field == fields.end())
                tell(What::Unknown, path,
                     "Stripe does not know the field \"" + path + "\" here." +
                         nearest(fields, name));
            else
                value(*field, member.value, path);
        }
        for (const ApiField &field : fields) {
            const Value given = params.get(field.name);
            if (field.required && (given.isUndefined() || given.isNull()))
                tell(What::Missing, inside(prefix, field.name),
                     "\"" + inside(prefix, field.name) + "\" is missing.");
        }
    }

private:
    static std::string inside(const std::string &prefix, std::string_view name)
    {
        return prefix.empty() ? std::string(name) : prefix + '[' + std::string(name) + ']';
    }

    void tell(What what, const std::string &path, std::string message)
    {
        if (problems.size() < kMostProblems)
            problems.push_back({what, path, std::move(message)});
    }

    /// "Did you mean" by letters: equal without case and separators, or a beginning of the other.
    static std::string nearest(const std::vector<ApiField> &fields, std::string_view name)
    {
        const auto plain = [](std::string_view text) {
            std::string letters;
            for (const unsigned char c : text) {
                if (std::isalnum(c))
                    letters += static_cast<char>(std::tolower(c));
            }
            return letters;
        };
        const std::string wanted = plain(name);
        for (const ApiField &field : fields) {
            const std::string known = plain(field.name);
            if (known == wanted ||
                (wanted.size() >= 4 && (known.starts_with(wanted) || wanted.starts_with(known))))
                return " Did you mean \"" + field.name + "\"?";
        }
        return {};
    }

    void wrongType(const std::string &path, const char *wanted)
    {
        tell(What::WrongType, path, "\"" + path + "\" must be " + wanted + '.');
    }

    void value(const ApiField &field, const Value &given, const std::string &path)
    {
        if (given.isUndefined())
            return;
        const bool unsets = given.isNull() || (given.isString() && given.size() == 0);
        if (unsets) {
            // Where "" is no value, Stripe refuses it; an empty text is one for texts without
            // choices.
            const bool isText = field.kind == Kind::Text && field.choices.empty();
            if (!field.nullable && !isText && field.kind != Kind::Any && field.kind != Kind::Map)
                tell(What::WrongType, path,
                     "\"" + path + "\" cannot be unset. Leave it out, or give it a value.");
            return;
        }
        const bool isScalar = given.isString() || given.isNumber() || given.isBool();
        switch (field.kind) {
        case Kind::Text:
            if (!isScalar)
                return wrongType(path, "a text");
            return choice(field, given, path);
        case Kind::Integer:
            if (!(given.isString() || given.isNumber()) || !isWhole(given))
                wrongType(path,
                          field.unit == ApiField::Unit::MinorAmount
                              ? "a whole number in the smallest unit of the currency (use $toMinor)"
                          : field.unit == ApiField::Unit::UnixTime
                              ? "a time in whole seconds since 1970"
                              : "a whole number");
            return;
        case Kind::Number:
            if (!(given.isString() || given.isNumber()) || !isDecimal(given))
                wrongType(path, "a number");
            return;
        case Kind::Boolean:
            if (!given.isBool() &&
                !(given.isString() && (given.text() == "true" || given.text() == "false")))
                wrongType(path, "true or false");
            return;
        case Kind::Map:
            if (!given.isObject())
                return wrongType(path, "an object of names and texts");
            for (const Member &member : given.members()) {
                if (member.value.isObject() || member.value.isArray())
                    wrongType(inside(path, member.key.text()), "a text");
            }
            return;
        case Kind::Group:
            if (!given.isObject())
                return wrongType(path, "an object");
            return members(field.fields, given, path);
        case Kind::List: {
            if (!given.isArray())
                return wrongType(path, "a list");
            std::size_t index = 0;
            for (const Value &item : given.items())
                value(field.fields.front(), item, path + '[' + std::to_string(index++) + ']');
            return;
        }
        case Kind::Any:
            if (given.isObject() && !field.fields.empty())
                members(field.fields, given, path);
            return;
        }
    }

    void choice(const ApiField &field, const Value &given, const std::string &path)
    {
        if (field.choices.empty() || field.openChoices || !given.isString() ||
            std::find(field.choices.begin(), field.choices.end(), given.text()) !=
                field.choices.end())
            return;
        std::string some;
        for (std::size_t at = 0; at < std::min(kMostNamed, field.choices.size()); ++at)
            some += (at == 0 ? "" : ", ") + field.choices[at];
        if (field.choices.size() > kMostNamed)
            some += ", …";
        tell(What::NoChoice, path,
             "\"" + std::string(given.text()) + "\" is no choice of \"" + path + "\": " + some +
                 '.');
    }
};

} // namespace

std::vector<ApiProblem> checkParams(const ApiOperation &operation, const Value &params)
{
    Check check;
    check.members(operation.params, params, {});
    return std::move(check.problems);
}

} // namespace tw::stripe
